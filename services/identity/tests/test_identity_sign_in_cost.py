"""What a sign-in asks of the database, counted: seconds differ from machine to machine, statements do not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from chassis import clock
from oidc_client import authorize, code_of, redeem, refresh
from sqlalchemy import Connection, event

# Of a person without a second factor, from the client's request to its tokens. PostgreSQL is asked to begin and to
# commit for fewer: single statements go without there.
MOST_STATEMENTS = 20
MOST_TRANSACTIONS = {"sqlite": 6, "postgresql": 4}
# What a refresh reads, the token used, its successor.
MOST_OF_A_REFRESH = 3


@contextmanager
def counted(engine: Any) -> Iterator[dict[str, int]]:
    """Statements, and transactions that write."""
    counts = {"statements": 0, "transactions": 0}

    def statement(_connection: object, _cursor: object, text: str, *_args: object) -> None:
        # SQLite is told to begin by a statement of ours, PostgreSQL by its driver.
        counts["statements"] += not text.startswith("BEGIN")

    def transaction(connection: Connection) -> None:
        counts["transactions"] += connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT"

    listeners: list[tuple[str, Callable[..., None]]] = [("before_cursor_execute", statement), ("commit", transaction)]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield counts
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def test_a_code_given_before_its_session_ended_is_worth_nothing_after(world: Any) -> None:
    browser, _ = world.activated()
    code = code_of(browser)
    browser.send("/compte/deconnexion")
    assert redeem(world, code).json["error"] == "invalid_grant"


def test_a_whole_sign_in_asks_little_of_the_database(world: Any) -> None:
    first, sent = world.activated()
    # Makes the signing key.
    redeem(world, code_of(first))
    browser = world.browser()
    with counted(world.harness.runtime.engine) as counts:
        page = authorize(browser).location
        back = browser.sign_in(sent["login"], world.password)
        code = code_of(browser)
        tokens = redeem(world, code).json
    assert page == "/compte/connexion"
    assert back.startswith("/oidc/authorize")
    assert "refresh_token" in tokens
    assert counts["statements"] <= MOST_STATEMENTS
    assert counts["transactions"] <= MOST_TRANSACTIONS[world.harness.runtime.engine.dialect.name]


def test_a_refresh_asks_little_of_the_database(world: Any) -> None:
    browser, _ = world.activated()
    tokens = redeem(world, code_of(browser)).json
    with counted(world.harness.runtime.engine) as counts:
        answer = refresh(world, tokens["refresh_token"])
    assert answer.status_code == 200
    assert counts == {"statements": MOST_OF_A_REFRESH, "transactions": 1}


def test_a_wrong_password_asks_as_much_for_a_known_login_as_for_an_unknown_one(world: Any) -> None:
    _, sent = world.activated()
    asked = []
    for address, login in (("203.0.113.9", sent["login"]), ("198.51.100.9", "ABCD2345EFGH67")):
        browser = world.browser(address)
        browser.get("/compte/connexion")
        with counted(world.harness.runtime.engine) as counts:
            browser.sign_in(login, "une girafe qui se trompe")
        assert browser.status == 422
        asked.append(counts)
    assert asked[0] == asked[1]


def test_a_session_is_marked_as_seen_once_a_minute(world: Any) -> None:
    browser, _ = world.activated()
    start = clock.now()

    def seen_after(**later: int) -> timedelta:
        with time_machine.travel(start + timedelta(**later), tick=False):
            browser.get("/compte/securite")
        row = max(world.harness.rows("sign_in_session"), key=lambda one: one["seen_at"])
        seen: timedelta = row["seen_at"] - start
        return seen

    assert seen_after(seconds=30) < timedelta(seconds=30)
    assert seen_after(minutes=2) == timedelta(minutes=2)
    assert seen_after(minutes=2, seconds=50) == timedelta(minutes=2)
