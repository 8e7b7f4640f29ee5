"""Nothing longer than a form is read of who may not send a file there."""

import pytest
from chassis.bridge import MOST_BYTES
from flask.testing import FlaskClient
from portal.uploads import MAX_UPLOAD_BYTES, most_bytes
from portal_stand_ins import SignIn
from webui.errors import TOO_LARGE
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

FILES = ("/agent/registre", "/agent/reponses", "/declarer/fichier")
WELCOME = {"agent": FILES[:2], "landlord": FILES[2:], "client": ()}


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


@pytest.fixture
def landlord(sign_in: SignIn) -> FlaskClient:
    return sign_in()


def allowed(client: FlaskClient, path: str, method: str = "POST") -> int:
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (client._cookies or {}).values())
    environ = EnvironBuilder(path, method=method, headers=Headers({"Cookie": cookies})).get_environ()
    return most_bytes(client.application, environ)


@pytest.mark.parametrize("who", WELCOME)
def test_only_a_page_that_takes_a_file_reads_one_and_only_of_its_people(
    who: str, request: pytest.FixtureRequest
) -> None:
    client: FlaskClient = request.getfixturevalue(who)
    found = {path for path in (*FILES, "/", "/aide/", "/nulle-part") if allowed(client, path) == MAX_UPLOAD_BYTES}
    assert found == set(WELCOME[who])
    assert {allowed(client, path, "GET") for path in FILES} == {MOST_BYTES}


def test_what_is_too_large_is_refused_in_the_page_s_own_words(client: FlaskClient) -> None:
    answer = client.post("/agent/registre", environ_overrides={TOO_LARGE: True})
    assert answer.status_code == 413
    assert "Le fichier est trop volumineux" in answer.text
