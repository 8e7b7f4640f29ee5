from typing import Any
from uuid import UUID

import flask
from chassis import clock, outbox, pagination, problems
from chassis.db import LOCK_TIMEOUT_SECONDS
from chassis.french import money
from chassis.http import agent, caller, etag, landlord, read_only, require_match, settings, transaction
from chassis.idempotency import idempotent
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from toybox.models import Thing

FAILURES: dict[str, Any] = {
    "bug": lambda: RuntimeError("Mme Le Goff, 2 place des Lices"),
    "conflict": lambda: problems.Conflict("Déjà fait."),
    "gone": problems.Gone,
    "slow-down": lambda: problems.TooManyRequests(30),
    "pool": lambda: PoolTimeout("QueuePool limit"),
    "database": lambda: OperationalError("SELECT 'Le Goff'", {}, Exception("away")),
}


def ping() -> dict[str, str]:
    return {"status": "ok", "service": settings().service}


def me() -> dict[str, Any]:
    one = caller()
    return {"sub": str(one.sub), "kind": one.kind, "org": str(one.org), "scope": sorted(one.scope), "amr": [*one.amr]}


def for_agents() -> dict[str, Any]:
    return {"caf": agent().caf}


def for_landlords() -> dict[str, Any]:
    return {"org": str(landlord().org)}


def fail(kind: str) -> Any:
    if kind == "bad-answer":
        return {"unexpected": LOCK_TIMEOUT_SECONDS}
    if kind == "abort":
        flask.abort(404)
    raise FAILURES[kind]()


def list_things(limit: int = 2, cursor: str | None = None, q: str | None = None) -> dict[str, Any]:
    after = pagination.after(cursor, str)
    statement = select(Thing.name).where(Thing.name > (after[0] if after else "")).order_by(Thing.name)
    if q is not None:
        statement = statement.where(func.lower(Thing.name).contains(q.lower()))
    with read_only() as session:
        rows = session.execute(statement.limit(limit + 1)).scalars().all()
    shown, following = pagination.page(rows, limit, lambda name: [name])
    return {"items": list(shown), "next_cursor": following}


@idempotent
def create_thing(body: dict[str, Any]) -> Any:
    amount = money.parse(body["amount"]) if "amount" in body else None
    with transaction() as session:
        thing = Thing(name=body["name"], amount=amount, at=clock.now(), extra=body.get("extra"))
        session.add(thing)
        try:
            session.flush()
        except IntegrityError:
            raise problems.Conflict("Ce nom est déjà pris.") from None
        outbox.publish(session, "toybox.made.v1", thing.id, {"name": thing.name})
    shown = {"id": thing.id, "name": thing.name, "amount": money.to_json(amount) if amount is not None else None}
    return shown, 201, {"Location": f"/api/toybox/v1/things/{thing.id}"}


def get_thing(thing_id: str) -> Any:
    with read_only() as session:
        thing = session.get(Thing, UUID(thing_id))
        if thing is None:
            raise problems.NotFound
        return {"id": thing.id, "name": thing.name, "amount": None}, 200, {"ETag": etag(thing.name)}


def rename_thing(thing_id: str, body: dict[str, Any]) -> Any:
    with transaction() as session:
        thing = session.get(Thing, UUID(thing_id), with_for_update=True)
        if thing is None:
            raise problems.NotFound
        require_match(thing.name)
        thing.name = body["name"]
        return {"id": thing.id, "name": thing.name, "amount": None}, 200, {"ETag": etag(thing.name)}


def square(number: int) -> dict[str, Any]:
    return {"square": str(number * number)}


def upload() -> tuple[dict[str, Any], int]:
    content = flask.request.files["file"].stream.read()
    return {"size": len(content)}, 201
