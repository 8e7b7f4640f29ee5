import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from webui.errors import EXPLANATIONS
from webui.testing import page_checks, parse
from webui_demo import make_demo


def token_of(html: str) -> str:
    return next(element.get("value") for element in parse(html) if element.get("name") == "csrf_token")


def test_a_page_with_every_macro_breaks_no_rule(client: FlaskClient) -> None:
    assert page_checks(client.get("/tout").text) == []


def test_a_refused_form_answers_422_says_the_error_thrice_and_keeps_what_was_typed(client: FlaskClient) -> None:
    token = token_of(client.get("/tout").text)
    sent = {"csrf_token": token, "rent": "512,3", "left_on-jj": "31", "left_on-mm": "2", "left_on-aaaa": "2026"}
    answer = client.post("/tout", data=sent)
    elements = parse(answer.text)
    values = {element.get("name"): element.get("value") for element in elements if element.tag == "input"}
    links = {element.get("href"): element.words for element in elements if element.tag == "a"}
    assert answer.status_code == 422
    assert page_checks(answer.text) == []
    assert links["#name"] == "Saisissez votre nom, par exemple Martin"
    assert "une date qui existe" in links["#left_on-jj"]
    assert (values["rent"], values["left_on-jj"], values["left_on-mm"]) == ("512,3", "31", "2")


@pytest.mark.parametrize("field", ["name", "rent", "note"])
def test_a_text_with_an_invisible_character_is_refused_at_its_field_whichever_it_is(
    client: FlaskClient, field: str
) -> None:
    token = token_of(client.get("/tout").text)
    sent = {"csrf_token": token, "name": "Martin", "kind": "c", "present": "yes", field: "a\u202eb"}
    answer = client.post("/tout", data=sent)
    links = {element.get("href"): element.words for element in parse(answer.text) if element.tag == "a"}
    assert answer.status_code == 422
    assert "contient un caractère invisible ou de commande (U+202E)" in links[f"#{field}"]


def test_a_note_may_have_lines_and_a_password_anything(client: FlaskClient) -> None:
    token = token_of(client.get("/tout").text)
    sent = {"csrf_token": token, "name": "Martin", "kind": "c", "present": "yes"}
    assert client.post("/tout", data={**sent, "note": "a\r\nb", "secret": "a\u202eb"}).status_code == 303
    assert client.post("/tout", data={**sent, "name": "a\nb"}).status_code == 422


def test_an_accepted_form_answers_303_and_the_next_page_says_so(client: FlaskClient) -> None:
    token = token_of(client.get("/tout").text)
    answer = client.post("/tout", data={"csrf_token": token, "name": "Martin", "kind": "c", "present": "yes"})
    assert answer.status_code == 303
    following = client.get("/tout").text
    assert "Votre saisie est enregistrée" in following
    assert page_checks(following) == []


def test_a_form_without_its_token_is_refused_in_french(client: FlaskClient) -> None:
    answer = client.post("/tout", data={"name": "Martin"})
    assert answer.status_code == 400
    assert "Le formulaire a expiré" in answer.text
    # The way on: the page where it is shown again.
    [again] = [
        element for element in parse(answer.text) if element.tag == "a" and element.words == "Rouvrir le formulaire"
    ]
    assert client.get(again.get("href")).status_code == 200


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_each_error_page_is_french_and_gives_the_number_to_quote(client: FlaskClient, code: int) -> None:
    answer = client.get(f"/erreur/{code}", headers={"X-Request-ID": "abcdef-123456"})
    assert answer.status_code == code
    assert EXPLANATIONS[code].title in answer.text
    assert "abcdef-123456" in answer.text
    assert page_checks(answer.text) == []


def test_a_failure_says_nothing_of_its_cause(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/panne", headers={"X-Request-ID": "abcdef-123456"})
    assert "RuntimeError in request abcdef-123456" in caplog.text
    assert "secret detail" not in caplog.text.replace('raise RuntimeError("secret detail")', "")
    assert answer.status_code == 500
    assert "Une erreur est survenue" in answer.text
    assert "secret detail" not in answer.text


def test_a_database_that_is_away_is_said_on_a_page_that_needs_none(client: FlaskClient) -> None:
    def away() -> Engine:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    client.get("/tout")
    client.application.session_interface.reading = away  # type: ignore[attr-defined]  # the demo's own interface
    answer = client.get("/tout")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Content-Security-Policy"]
    assert "momentanément indisponible" in answer.text
    assert page_checks(answer.text) == []


def test_a_wrong_method_says_which_are_allowed(client: FlaskClient) -> None:
    answer = client.delete("/tout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_the_policy_forbids_inline_code_and_frames(client: FlaskClient) -> None:
    headers = client.get("/tout").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe|nonce|https?:|\*", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_hsts_is_sent_over_https_only(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/tout").headers
    assert "Strict-Transport-Security" in client.get("/tout", base_url="https://portail.example").headers


def test_an_ill_formed_request_number_is_replaced(client: FlaskClient) -> None:
    answer = client.get("/tout", headers={"X-Request-ID": "<script>"})
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-ID"])


def test_static_files_are_named_by_content_and_cached_for_good(client: FlaskClient) -> None:
    page = client.get("/tout").text
    found = [element.get("href") or element.get("src") for element in parse(page)]
    static = [address for address in found if address.startswith("/static/")]
    assert len(static) >= 3
    for address in static:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/static/manifest.json").status_code == 404


def test_the_style_sheet_holds_nothing_reserved_to_gov_uk(client: FlaskClient) -> None:
    address = next(e.get("href") for e in parse(client.get("/tout").text) if e.get("rel") == "stylesheet")
    css = client.get(address).text
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    page = client.get("/tout").text
    assert not re.search(r"govuk-(header|logo|footer)", page)


def test_an_application_that_keeps_flasks_static_folder_is_refused() -> None:
    from flask import Flask
    from webui import install

    app = Flask("other")
    app.secret_key = "x"
    with pytest.raises(ValueError, match="static_folder=None"):
        install(app, service_name="Essai")


def test_zero_is_singular_in_french() -> None:
    from flask_babel import ngettext

    app = make_demo()
    with app.test_request_context("/"):
        said: dict[int, Any] = {n: ngettext("%(num)d locataire", "%(num)d locataires", n) for n in (0, 1, 2)}
    assert said == {0: "0 locataire", 1: "1 locataire", 2: "2 locataires"}


def test_errors_of_the_api_land_on_their_field_or_above_the_form() -> None:
    from webui_demo import DemoForm

    app = make_demo()
    with app.test_request_context("/tout", method="POST", data={"name": "Martin"}):
        form = DemoForm()
        form.validate()
        raw = {"pointer": "/rent/rent", "detail": "« rent » est trop court.", "example": "512,30"}
        problem = {"errors": [{"pointer": "/rent/rent", "detail": "Trop"}, {"pointer": "/x", "detail": "Autre"}, raw]}
        form.fail_from(problem, {"/rent": "note", "/rent/rent": "rent"})
        found = form.error_list()
    assert {"text": "Trop", "href": "#rent"} in found
    assert {"text": "Autre"} in found
    said = "«\u00a0Loyer hors charges\u00a0» est trop court, par exemple 512,30"
    assert {"text": said, "href": "#rent"} in found
