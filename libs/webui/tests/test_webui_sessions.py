from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, create_engine, select
from sqlalchemy.pool import StaticPool
from webui.sessions import SqlSessionInterface, key_of, session_table

TABLE = session_table(MetaData())


class Clock:
    def __init__(self) -> None:
        self.instant = datetime(2026, 7, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine() -> Engine:
    made = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    TABLE.metadata.create_all(made)
    return made


@pytest.fixture
def app(engine: Engine, clock: Clock) -> Flask:
    app = Flask("sessions", static_folder=None)
    app.session_interface = SqlSessionInterface(lambda: engine, TABLE, name="portal", secure=False, now=clock)

    @app.get("/put/<value>")
    def put(value: str) -> str:
        session["value"] = value
        return "ok"

    @app.get("/sign-in")
    def sign_in() -> str:
        session.rotate()  # type: ignore[attr-defined]  # the interface's own method
        return "ok"

    @app.get("/read")
    def read() -> str:
        return str(session.get("value"))

    @app.get("/out")
    def out() -> str:
        session.clear()
        return "ok"

    return app


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("portal")
    return found.value if found else ""


def keys(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(TABLE.c.key)))


def test_data_stay_on_the_server_and_only_a_hash_of_the_number_is_stored(app: Flask, engine: Engine) -> None:
    client = app.test_client()
    header = client.get("/put/blue").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "blue" not in header
    assert client.get("/read").text == "blue"
    assert keys(engine) == [key_of(cookie(client))]
    assert cookie(client) not in keys(engine)


def test_a_visitor_who_stores_nothing_gets_no_cookie(app: Flask, engine: Engine) -> None:
    assert "Set-Cookie" not in app.test_client().get("/read").headers
    assert keys(engine) == []


def test_rotating_changes_the_number_keeps_the_data_and_kills_the_old_one(app: Flask, engine: Engine) -> None:
    client = app.test_client()
    client.get("/put/blue")
    before = cookie(client)
    client.get("/sign-in")
    assert cookie(client) != before
    assert client.get("/read").text == "blue"
    thief = app.test_client()
    thief.set_cookie("portal", before)
    assert thief.get("/read").text == "None"
    assert len(keys(engine)) == 1


def test_a_session_nobody_uses_expires(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    client.get("/put/blue")
    clock.advance(minutes=29)
    assert client.get("/read").text == "blue"
    clock.advance(minutes=29)
    assert client.get("/read").text == "blue"
    clock.advance(minutes=31)
    assert client.get("/read").text == "None"


def test_a_session_in_constant_use_ends_all_the_same(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    client.get("/put/blue")
    for _ in range(30):
        clock.advance(minutes=20)
        client.get("/read")
    assert client.get("/read").text == "None"


def test_signing_out_deletes_the_row_and_the_cookie(app: Flask, engine: Engine) -> None:
    client = app.test_client()
    client.get("/put/blue")
    client.get("/out")
    assert keys(engine) == []
    assert cookie(client) == ""


def test_a_session_deleted_meanwhile_is_not_revived_by_a_request_under_way(app: Flask, engine: Engine) -> None:
    client = app.test_client()
    client.get("/put/blue")
    interface = app.session_interface
    assert isinstance(interface, SqlSessionInterface)
    with app.test_request_context("/", headers={"Cookie": f"portal={cookie(client)}"}) as context:
        opened = interface.open_session(app, context.request)
        with engine.begin() as connection:
            connection.execute(TABLE.delete())
        opened["value"] = "red"
        interface.save_session(app, opened, app.response_class())
    assert keys(engine) == []


def test_what_another_request_of_the_session_has_saved_can_be_read(app: Flask) -> None:
    client = app.test_client()
    client.get("/put/blue")
    interface = app.session_interface
    assert isinstance(interface, SqlSessionInterface)
    with app.test_request_context("/", headers={"Cookie": f"portal={cookie(client)}"}) as context:
        opened = interface.open_session(app, context.request)
        client.get("/put/green")
        found = interface.saved(opened)
        client.get("/out")
        assert interface.saved(opened) is None
    assert found == {"value": "green"}


def test_purging_removes_the_expired_rows_only(app: Flask, engine: Engine, clock: Clock) -> None:
    app.test_client().get("/put/old")
    clock.advance(hours=1)
    app.test_client().get("/put/new")
    interface = app.session_interface
    assert isinstance(interface, SqlSessionInterface)
    assert interface.purge() == 1
    assert len(keys(engine)) == 1


def test_over_https_the_cookie_is_bound_to_the_host(engine: Engine) -> None:
    assert SqlSessionInterface(lambda: engine, TABLE, name="portal", secure=True).cookie == "__Host-portal"
