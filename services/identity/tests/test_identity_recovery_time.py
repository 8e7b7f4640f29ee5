"""Known or unknown, a recovery takes the same time: two distributions compared, and a proof that they can differ."""

from itertools import count
from time import perf_counter
from typing import Any

import pytest
from chassis import clock, ids
from identity.crypto import hashing
from identity.models import Account, UserNumber
from identity.recovery.commands import request_recovery
from sqlalchemy import insert, select

pytestmark = pytest.mark.usefixtures("costly_hashes")
LOST, FORGOTTEN = "/compte/identifiant-perdu", "/compte/mot-de-passe-oublie"
EACH = 200
# The share of (known, unknown) pairs in which the known one took longer: 0.5 when nothing tells them apart. Of 200 and
# 200 its standard deviation is 0.029: this tolerance is five of them, reached by chance once in two million runs.
TOLERANCE = 0.15


def share_longer(known: list[float], unknown: list[float]) -> float:
    """Mann-Whitney's U over its maximum; equal times count for half."""
    pairs = ((one > other) + 0.5 * (one == other) for one in known for other in unknown)
    return sum(pairs) / (len(known) * len(unknown))


def accounts(world: Any, many: int) -> list[str]:
    """E-mails of people whom somebody knows, without the cost of their credentials."""
    emails = [f"connu{number}@lices.example" for number in range(many)]
    rows = [
        {
            "id": ids.new_id(),
            "kind": "landlord",
            "login": f"LOGIN-{number}",
            "email": email,
            "contact_name": "",
            "contact_address": [],
            "created_at": clock.now(),
        }
        for number, email in enumerate(emails)
    ]
    with world.harness.transaction() as session:
        session.execute(insert(Account), rows)
    return emails


def numbers(world: Any, many: int) -> list[str]:
    """User numbers of one legal person, known at as many Cafs."""
    known = [f"{100 + number}00007090001" for number in range(many)]
    organisation_id = world.register(known[0])
    rows = [
        {
            "number": number,
            "landlord_id": ids.new_id(),
            "organisation_id": organisation_id,
            "caf_code": number[:3],
            "name": "",
            "email": None,
            "address": [],
            "version": 1,
        }
        for number in known[1:]
    ]
    with world.harness.transaction() as session:
        session.execute(insert(UserNumber), rows)
    return known


def measured(
    world: Any, path: str, field: str, known: list[str], unknown: list[str]
) -> tuple[list[float], list[float]]:
    """Seconds of each, interleaved, the order within a pair turned each time; each from a network of its own."""
    network = count()
    times: dict[bool, list[float]] = {True: [], False: []}
    token_holder = world.browser()
    token = token_holder.token(path)
    for turn, pair in enumerate(zip(known, unknown, strict=True)):
        asked = [(True, pair[0]), (False, pair[1])]
        for is_known, subject in asked if turn % 2 else reversed(asked):
            at = next(network)
            token_holder.client.environ_base["REMOTE_ADDR"] = f"10.{at // 250}.{at % 250}.1"
            started = perf_counter()
            answer = token_holder.client.post(path, data={"csrf_token": token, field: subject})
            times[is_known].append(perf_counter() - started)
            # To the page that says that it is registered.
            assert answer.status_code == 303
    return times[True], times[False]


@pytest.mark.parametrize(
    ("path", "field", "made", "unknown"),
    [
        (LOST, "user_number", numbers, "{:03d}00007099999"),
        (FORGOTTEN, "email", accounts, "inconnu{}@lices.example"),
    ],
    ids=["user number", "e-mail"],
)
def test_two_hundred_known_and_two_hundred_unknown_take_the_same_time(
    world: Any, path: str, field: str, made: Any, unknown: str
) -> None:
    known = made(world, EACH)
    times = measured(world, path, field, known, [unknown.format(number) for number in range(100, 100 + EACH)])
    assert len(world.harness.rows("recovery_request")) == 2 * EACH
    assert abs(share_longer(*times) - 0.5) < TOLERANCE


def test_one_hash_more_for_a_known_account_would_be_seen(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_in = request_recovery

    def looking(session: Any, purpose: Any, subject: str, address: str) -> None:
        if session.scalar(select(Account.id).where(Account.email == subject)):
            hashing.hash_password("one hash more")
        taken_in(session, purpose, subject, address)

    monkeypatch.setattr("identity.pages.recovery.request_recovery", looking)
    known = accounts(local, 40)
    times = measured(local, FORGOTTEN, "email", known, [f"inconnu{number}@lices.example" for number in range(40)])
    assert share_longer(*times) > 0.5 + TOLERANCE
