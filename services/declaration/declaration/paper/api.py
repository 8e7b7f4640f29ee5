"""Attestations on paper, typed by agents of the Caf."""

from typing import Any
from uuid import UUID

from chassis.http import agent, read_only, require_match, transaction
from chassis.idempotency import idempotent

from declaration.paper import commands, search
from declaration.paper import queries as papers

Answer = tuple[dict[str, Any], int, dict[str, str]]


def search_papers(body: dict[str, Any]) -> dict[str, Any]:
    with read_only() as session:
        return {"items": search.search(session, agent(), body["user_number"], body["tenant_number"])}


def list_papers(
    state: str | None = None, declaration: str | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    with read_only() as session:
        return papers.page(session, agent(), state, declaration, cursor, limit)


@idempotent
def begin_paper(body: dict[str, Any]) -> Answer:
    with transaction() as session:
        printed: dict[str, str] = {name: body[name] for name in ("user_number", "tenant_number") if name in body}
        typed, new = commands.begin(
            session, agent(), UUID(body["declaration_id"]), body["received_on"], body.get("posted_on"), printed
        )
        shown, headers = papers.shown(session, typed)
        return shown, 201 if new else 200, headers


def get_paper(paper_id: str) -> Answer:
    with read_only() as session:
        shown, headers = papers.shown(session, papers.find(session, agent(), UUID(paper_id)))
        return shown, 200, headers


def save_paper(paper_id: str, body: dict[str, Any]) -> Answer:
    with transaction() as session:
        typed = papers.find(session, agent(), UUID(paper_id), change=True)
        require_match(typed.row.revision)
        shown, headers = papers.shown(session, commands.save(session, typed, body))
        return shown, 200, headers


@idempotent
def file_paper(paper_id: str, body: dict[str, Any]) -> Answer:
    with transaction() as session:
        typed = papers.find(session, agent(), UUID(paper_id), change=True)
        require_match(typed.row.revision)
        commands.file(session, typed, body["declaration_etag"], body.get("reason"))
        shown, headers = papers.shown(session, typed)
        return shown, 201, headers


@idempotent
def discard_paper(paper_id: str, body: dict[str, Any]) -> Answer:
    with transaction() as session:
        typed = papers.find(session, agent(), UUID(paper_id), change=True)
        require_match(typed.row.revision)
        commands.discard(session, typed, body["reason"])
        shown, headers = papers.shown(session, typed)
        return shown, 200, headers
