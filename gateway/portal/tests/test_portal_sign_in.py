from flask import Flask
from flask.testing import FlaskClient
from portal.store import SESSIONS
from portal_stand_ins import DECLARATION, FakeIdentity, FakeServices, SignIn, problem
from sqlalchemy import select
from webui.testing import page_checks, parse


def token_of(html: str) -> str:
    return next(element.get("value") for element in parse(html) if element.get("name") == "csrf_token")


def test_the_authorization_request_has_pkce_state_and_nonce(client: FlaskClient, identity: FakeIdentity) -> None:
    answer = client.get("/connexion")
    identity.consent(answer.headers["Location"])
    assert answer.headers["Location"].startswith("http://localhost:8080/oidc/authorize?")
    assert identity.asked["code_challenge_method"] == "S256"
    assert identity.asked["redirect_uri"] == "http://localhost:8080/connexion/retour"
    assert {"state", "nonce", "code_challenge"} <= identity.asked.keys()


def test_signing_in_shows_the_name_and_changes_the_number_of_the_session(portal: Flask, identity: FakeIdentity) -> None:
    browser = portal.test_client()
    asked = browser.get("/connexion?suite=/declarer").headers["Location"]
    before = browser.get_cookie("portal")
    answer = browser.get(identity.consent(asked))
    after = browser.get_cookie("portal")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert answer.headers["Location"] == "/declarer"
    assert "Nolwenn Le Goff" in browser.get("/").text


def test_no_token_is_ever_in_a_page_or_a_cookie(sign_in: SignIn) -> None:
    browser = sign_in()
    page = browser.get("/")
    cookie = browser.get_cookie("portal")
    assert cookie is not None
    for secret in ("access-1", "refresh-1", "eyJ"):
        assert secret not in page.text
        assert secret not in cookie.value


def test_a_state_that_is_not_ours_signs_nobody_in(client: FlaskClient, identity: FakeIdentity) -> None:
    client.get("/connexion")
    answer = client.get("/connexion/retour?code=code-0&state=forged", follow_redirects=True)
    assert "La connexion n’a pas abouti" in answer.text
    assert identity.token_requests == []


def test_an_id_token_for_another_nonce_signs_nobody_in(client: FlaskClient, identity: FakeIdentity) -> None:
    back = identity.consent(client.get("/connexion").headers["Location"], nonce="another")
    assert "La connexion n’a pas abouti" in client.get(back, follow_redirects=True).text


def test_another_issuer_is_not_believed(client: FlaskClient, identity: FakeIdentity) -> None:
    identity.issuer = "http://elsewhere.example"
    assert client.get("/connexion").status_code == 503


def test_the_way_back_never_leaves_the_site(portal: Flask, identity: FakeIdentity) -> None:
    for suite in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        browser = portal.test_client()
        asked = browser.get("/connexion", query_string={"suite": suite}).headers["Location"]
        assert browser.get(identity.consent(asked)).headers["Location"] == "/"


def test_a_page_for_people_signed_in_sends_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/declarer?q=martin")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/connexion?suite=/declarer?q%3Dmartin"


def test_a_part_of_a_page_asked_without_session_sends_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/agent/registre", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/connexion?suite=")


def test_a_token_near_its_end_is_refreshed_and_the_new_one_used(
    sign_in: SignIn, identity: FakeIdentity, services: FakeServices
) -> None:
    identity.seconds = 10
    browser = sign_in()
    identity.seconds = 300
    services.calls.clear()
    browser.get("/declarer")
    browser.get("/declarer")
    grants = [request["grant_type"] for request in identity.token_requests]
    used = {call.headers["Authorization"] for call in services.calls}
    assert grants[0] == "authorization_code"
    assert identity.token_requests[1]["refresh_token"] == "refresh-1"
    assert used == {f"Bearer access-{len(grants)}"}


def test_a_session_that_identity_ended_asks_to_sign_in_again(sign_in: SignIn, identity: FakeIdentity) -> None:
    identity.seconds = 10
    browser = sign_in()
    identity.refusing = True
    answer = browser.get("/declarer")
    assert answer.headers["Location"].startswith("/connexion")
    assert "Se déconnecter" not in browser.get("/aide").text


def test_a_token_refused_by_a_service_asks_to_sign_in_again(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    services.on("GET", f"/api/declaration/v1/declarations/{DECLARATION}", problem(401))
    assert browser.get(f"/declarer/{DECLARATION}").headers["Location"].startswith("/connexion")


def test_signing_out_ends_both_sessions(sign_in: SignIn) -> None:
    browser = sign_in()
    answer = browser.post("/deconnexion", data={"csrf_token": token_of(browser.get("/").text)})
    assert answer.headers["Location"].startswith("http://localhost:8080/oidc/logout?")
    assert "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F" in answer.headers["Location"]
    assert browser.get_cookie("portal") is None
    assert page_checks(browser.get("/").text) == []


def test_signing_out_needs_the_form(sign_in: SignIn) -> None:
    browser = sign_in()
    assert browser.post("/deconnexion").status_code == 400
    assert "Se déconnecter" in browser.get("/").text


def test_expired_sessions_are_deleted_at_a_sign_in(portal: Flask, sign_in: SignIn) -> None:
    engine = portal.extensions["portal_engine"]
    with engine.begin() as connection:
        connection.execute(SESSIONS.insert().values(key="old", data="{}", created_at=0, seen_at=0))
    sign_in()
    with engine.connect() as connection:
        assert "old" not in connection.scalars(select(SESSIONS.c.key)).all()


def test_an_id_token_for_another_client_signs_nobody_in(client: FlaskClient, identity: FakeIdentity) -> None:
    back = identity.consent(client.get("/connexion").headers["Location"], aud="another")
    assert "La connexion n’a pas abouti" in client.get(back, follow_redirects=True).text
