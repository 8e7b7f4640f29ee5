"""What the sessions' database owes to several requests, threads and processes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from chassis import alone
from flask import Flask
from portal import store
from portal.settings import PortalSettings
from portal_stand_ins import FakeIdentity, MakePortal


def signed_in(app: Flask, identity: FakeIdentity) -> str:
    """The number of a session whose access token is already near its end."""
    identity.seconds = 5
    browser = app.test_client()
    browser.get(identity.consent(browser.get("/connexion").headers["Location"]))
    identity.seconds = 300
    cookie = browser.get_cookie("portal")
    assert cookie is not None
    return cookie.value


def ask_together(apps: list[Flask], number: str) -> list[int]:
    """The statuses of one request to each process, all sent at once with the same session."""
    gate, found = threading.Barrier(len(apps)), []

    def ask(app: Flask) -> None:
        browser = app.test_client()
        browser.set_cookie("portal", number)
        gate.wait(10)
        found.append(browser.get("/declarer").status_code)

    threads = [threading.Thread(target=ask, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def refreshes(identity: FakeIdentity, before: int) -> list[str]:
    return [request["refresh_token"] for request in identity.token_requests[before:]]


def test_requests_of_one_session_refresh_its_token_once(
    make_portal: MakePortal, identity: FakeIdentity, database_url: str
) -> None:
    app = make_portal(database_url.replace("{service}", "portal"))
    number, before = signed_in(app, identity), len(identity.token_requests)
    assert ask_together([app] * 6, number) == [200] * 6
    assert len(refreshes(identity, before)) == 1


@pytest.mark.containers
def test_two_processes_refresh_the_token_of_one_session_once(
    make_portal: MakePortal, identity: FakeIdentity, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Processes share no thread lock.
    monkeypatch.setattr(alone, "THREADS", (nullcontext(),))
    apps = [make_portal(postgres_url) for _ in range(4)]
    number, before = signed_in(apps[0], identity), len(identity.token_requests)
    assert ask_together(apps, number) == [200] * 4
    assert len(refreshes(identity, before)) == 1


def test_a_session_ended_meanwhile_is_not_refreshed(
    make_portal: MakePortal, identity: FakeIdentity, sqlite_url: str
) -> None:
    app = make_portal(sqlite_url)
    number, before = signed_in(app, identity), len(identity.token_requests)
    with app.extensions["portal_engine"].begin() as connection:
        connection.execute(store.SESSIONS.delete())
    assert ask_together([app], number) == [303]
    assert refreshes(identity, before) == []


@pytest.mark.containers
def test_processes_that_start_together_make_the_table_once(postgres_url: str) -> None:
    # The store alone: Python 3.11 cannot compile routes in several threads (python/cpython#106905). With SQLite the
    # portal is one process.
    settings = PortalSettings(service="portal", environment="test", database_url=postgres_url)
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(lambda _: store.open_store(settings), range(4)))
    with engines[0].connect() as connection:
        assert connection.execute(store.SESSIONS.select()).all() == []
    for engine in engines:
        engine.dispose()
