"""A form that expired: kept for its account alone, one hour, shown again after signing in, never sent by itself."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from portal_forms import NOTICE, RETURN, Form, come_back, end_sessions, link, mark_of, rows, sign_in_again, typed_over
from portal_stand_ins import ACCOUNT, COLLEAGUE, DECLARATION, FakeIdentity, FakeServices, MakePortal, SignIn, problem
from webui.kept_forms import KEPT_SECONDS, MARK_SECONDS, MOST_BYTES, MOST_ROWS
from webui.sent_forms import MARK
from webui.testing import page_checks, parse

RENT = f"/declarer/{DECLARATION}/loyer"
DRAFT = f"/api/declaration/v1/declarations/{DECLARATION}/draft"
NEW_USER = "/habilitations/utilisateurs/nouveau"
OTHER = ACCOUNT[:-1] + "9"
TYPED = {"rent": "777,77", "charges": "33", "share": "whole", "full_month": "yes", "furnished": "no"}


def expired(browser: FlaskClient, portal: Flask, path: str = RENT, **typed: str) -> Any:
    """What the portal says of a form whose session ended while it was open."""
    page = browser.get(path).text
    fields = {**Form.of(page, path).fields, **{name: [value] for name, value in (typed or TYPED).items()}}
    end_sessions(portal)
    return browser.post(path, data=fields)


def rent_of(page: str) -> str:
    return Form.of(page, RENT).fields["rent"][0]


def test_a_form_of_an_expired_session_is_kept_and_its_page_leads_on(
    sign_in: SignIn, portal: Flask, services: FakeServices
) -> None:
    """The token is looked at before who has signed in: the page of the expired form is met, not the sign-in page."""
    browser = sign_in()
    answer = expired(browser, portal)
    assert (answer.status_code, page_checks(answer.text)) == (400, [])
    assert "conservé pendant une heure" in answer.text
    assert link(answer.text, RETURN) == RENT
    assert services.sent("PUT", DRAFT) == []


def test_a_session_that_identity_ended_keeps_the_form_too(
    sign_in: SignIn, portal: Flask, services: FakeServices, identity: FakeIdentity
) -> None:
    """The portal's own session lives, so its token is good: the sign-in page is met there, inside the view."""
    browser = sign_in()
    fields = {**Form.of(browser.get(RENT).text, RENT).fields, **TYPED}
    identity.refusing = True
    with time_machine.travel(time.time() + 600, tick=False):
        answer = browser.post(RENT, data=fields)
        assert (answer.status_code, page_checks(answer.text)) == (400, [])
        identity.refusing = False
        assert rent_of(browser.get(come_back(browser, identity, link(answer.text, RETURN))).text) == "777,77"
    assert services.sent("PUT", DRAFT) == []


def test_a_form_that_a_service_refuses_as_signed_out_is_kept_too(
    sign_in: SignIn, services: FakeServices, identity: FakeIdentity
) -> None:
    browser = sign_in()
    fields = {**Form.of(browser.get(RENT).text, RENT).fields, **TYPED}
    services.on("PUT", DRAFT, problem(401))
    answer = browser.post(RENT, data=fields)
    assert rent_of(browser.get(come_back(browser, identity, link(answer.text, RETURN))).text) == "777,77"


def test_a_token_alone_that_expired_shows_the_form_again_at_once(
    sign_in: SignIn, portal: Flask, services: FakeServices, identity: FakeIdentity
) -> None:
    browser = sign_in()
    fields = {**Form.of(browser.get(RENT).text, RENT).fields, **TYPED}
    # In another tab: the session, and its token, are new.
    sign_in_again(browser, identity)
    answer = browser.post(RENT, data=fields, follow_redirects=True)
    assert (answer.status_code, NOTICE in answer.text, rent_of(answer.text)) == (200, True, "777,77")
    assert services.sent("PUT", DRAFT) == []


def test_a_button_that_expired_leads_back_to_its_page_and_keeps_nothing(sign_in: SignIn, portal: Flask) -> None:
    page = f"/habilitations/utilisateurs/{COLLEAGUE}/identifiants"
    answer = expired(sign_in(), portal, page)
    assert link(answer.text, "Me reconnecter et rouvrir le formulaire") == page
    assert rows(portal) == []


def test_another_account_that_signs_in_gets_nothing_and_what_was_kept_is_deleted(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity
) -> None:
    browser = sign_in()
    answer = expired(browser, portal)
    assert len(rows(portal)) == 1
    landed = come_back(browser, identity, link(answer.text, RETURN), sub=OTHER)
    assert (landed, rows(portal)) == ("/", [])
    page = browser.get(RENT).text
    assert (NOTICE in page, "777,77" in page) == (False, False)


def test_the_form_of_another_account_is_kept_for_that_account_alone(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity
) -> None:
    browser = sign_in()
    fields = {**Form.of(browser.get(RENT).text, RENT).fields, **TYPED}
    sign_in_again(browser, identity, sub=OTHER)
    answer = browser.post(RENT, data=fields)
    assert (answer.status_code, page_checks(answer.text)) == (400, [])
    assert "celui d’un autre compte" in answer.text
    assert "777,77" not in answer.text + browser.get(RENT).text
    mine = sign_in()
    assert rent_of(mine.get(RENT).text) == "777,77"


def test_nothing_is_given_back_to_a_colleague_on_the_same_page(sign_in: SignIn, portal: Flask) -> None:
    expired(sign_in(), portal)
    assert "777,77" not in sign_in(sub=OTHER).get(RENT).text
    assert "777,77" in sign_in().get(RENT).text


@pytest.mark.parametrize("mark", ["", "x", "WyJhIiwiL2IiXQ.aa.bb", None])
def test_a_stranger_cannot_fill_the_store(client: FlaskClient, portal: Flask, mark: str | None) -> None:
    sent = {**TYPED, **({} if mark is None else {MARK: mark})}
    for path in (RENT, "/declarer/tableau", NEW_USER):
        answer = client.post(path, data=sent)
        assert (answer.status_code, "Le formulaire a expiré" in answer.text) == (400, True)
        assert "conservé pendant" not in answer.text
    assert rows(portal) == []
    assert client.get_cookie("portal") is None


def test_a_mark_of_another_key_or_too_old_keeps_nothing(sign_in: SignIn, client: FlaskClient, portal: Flask) -> None:
    mark = mark_of(sign_in().get(RENT).text)
    altered = mark[:-3] + ("abc" if not mark.endswith("abc") else "cba")
    client.post(RENT, data={**TYPED, MARK: altered})
    with time_machine.travel(time.time() + MARK_SECONDS + 60, tick=False):
        client.post(RENT, data={**TYPED, MARK: mark})
    assert rows(portal) == []
    client.post(RENT, data={**TYPED, MARK: mark})
    assert len(rows(portal)) == 1


def test_the_table_tells_neither_who_nor_where_nor_what(sign_in: SignIn, portal: Flask) -> None:
    expired(sign_in(), portal, NEW_USER, last_name="Kervella", email="zoe@lices.example")
    [found] = rows(portal)
    assert not any(told in str(found) for told in ("Kervella", "zoe@", ACCOUNT, "utilisateurs"))


def test_tokens_files_passwords_and_confirmations_are_not_kept_and_the_key_is(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity
) -> None:
    supervisor = {"kind": "agent", "supervisor": True}
    browser, path = sign_in(**supervisor), "/agent/reponses"
    fields = Form.of(browser.get(path).text, path).fields
    end_sessions(portal)
    never = {"again": "k", "password": "hunter2", "otp_code": "123456"}
    file = {"file": (BytesIO(b"the file"), "reponses.csv")}
    answer = browser.post(path, data={**fields, "caf_code": "359", **never, **file})
    assert "vous le choisirez de nouveau" in answer.text
    [found] = rows(portal)
    kept = portal.extensions["webui_kept_forms"]
    with portal.test_request_context(path):
        opened = kept.opened(found.sealed)
    assert sorted(opened.fields) == ["caf_code", "key"]
    page = browser.get(come_back(browser, identity, path, **supervisor)).text
    assert ("choisissez-le de nouveau" in page, 'value="359"' in page, page_checks(page)) == (True, True, [])
    assert Form.of(page, path).fields["key"] == fields["key"]


def test_after_an_hour_nothing_is_given_back_and_it_is_deleted(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity
) -> None:
    browser = sign_in()
    expired(browser, portal)
    with time_machine.travel(time.time() + KEPT_SECONDS - 60, tick=False):
        assert portal.extensions["webui_kept_forms"].purge() == 0
        come_back(browser, identity, RENT)
        assert rent_of(browser.get(RENT).text) == "777,77"
    with time_machine.travel(time.time() + KEPT_SECONDS + 1, tick=False):
        assert NOTICE not in browser.get(RENT).text
        assert portal.extensions["webui_kept_forms"].purge() == 1


def test_an_account_has_few_forms_kept_the_last_of_each_address(
    sign_in: SignIn, client: FlaskClient, portal: Flask
) -> None:
    browser = sign_in()
    for place in range(MOST_ROWS + 3):
        with time_machine.travel(time.time() + place, tick=False):
            for rent in ("1", "2"):
                mark = mark_of(browser.get(f"{RENT}?n={place}").text)
                client.post(RENT, data={**TYPED, MARK: mark, "rent": rent})
    assert len(rows(portal)) == MOST_ROWS
    again = sign_in()
    assert NOTICE not in again.get(f"{RENT}?n=0").text
    assert rent_of(again.get(f"{RENT}?n={MOST_ROWS + 2}").text) == "2"


def test_what_is_too_long_is_said_and_not_kept(sign_in: SignIn, portal: Flask) -> None:
    answer = expired(sign_in(), portal, **{"rent": secrets.token_hex(MOST_BYTES)})
    assert (answer.status_code, page_checks(answer.text)) == (400, [])
    assert "trop long pour être conservé" in answer.text
    assert rows(portal) == []


def test_it_is_shown_until_it_is_sent_with_success(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    browser = sign_in()
    expired(browser, portal)
    come_back(browser, identity, RENT)
    assert [rent_of(browser.get(RENT).text) for _ in range(2)] == ["777,77"] * 2
    shown = Form.of(browser.get(RENT).text, RENT).fields
    services.on("PUT", DRAFT, problem(422, errors=[{"pointer": "/rent/rent", "detail": "Illisible.", "code": "x"}]))
    assert browser.post(RENT, data=shown).status_code == 422
    assert NOTICE in browser.get(RENT).text
    services.on("PUT", DRAFT, services.declaration)
    assert browser.post(RENT, data=shown).status_code == 303
    assert (rows(portal), NOTICE in browser.get(RENT).text) == ([], False)
    assert services.sent("PUT", DRAFT)[-1]["rent"]["rent"] == "777,77"


def test_one_may_drop_it_and_gets_the_page_as_it_stands(sign_in: SignIn, portal: Flask, identity: FakeIdentity) -> None:
    browser = sign_in()
    expired(browser, portal)
    come_back(browser, identity, RENT)
    drop = Form.of(browser.get(RENT).text, "/saisie-conservee/abandon").fields
    answer = browser.post("/saisie-conservee/abandon", data=drop)
    assert (answer.status_code, answer.location, rows(portal)) == (303, RENT, [])
    assert "777,77" not in browser.get(RENT).text


def test_what_was_done_already_is_not_done_again_by_the_form_given_back(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    """« Back » and « Valider » after the session ended, more than an hour after the first « Valider »."""
    browser = sign_in()
    fields = typed_over(browser.get(NEW_USER).text, NEW_USER)
    assert browser.post(NEW_USER, data=fields).status_code == 303
    end_sessions(portal)
    with time_machine.travel(time.time() + KEPT_SECONDS + 60, tick=False):
        browser.post(NEW_USER, data=fields)
        page = browser.get(come_back(browser, identity, NEW_USER)).text
        answer = browser.post(NEW_USER, data=Form.of(page, NEW_USER).fields, follow_redirects=True)
    assert "C’est déjà enregistré" in answer.text
    assert [call.method for call in services.calls if call.url.path.endswith("/users")].count("POST") == 1


def test_the_mark_is_no_part_of_what_was_typed(sign_in: SignIn, services: FakeServices) -> None:
    """Two pages of one form, hours apart: the same content is asked about all the same."""
    browser, answers = sign_in(), []
    for later in (0, 120):
        with time_machine.travel(time.time() + later, tick=False):
            answers.append(browser.post(NEW_USER, data=typed_over(browser.get(NEW_USER).text, NEW_USER)).status_code)
    assert answers == [303, 409]


def test_a_step_saved_by_a_colleague_meanwhile_is_compared(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    browser = sign_in()
    expired(browser, portal)
    come_back(browser, identity, RENT)
    services.on("PUT", DRAFT, problem(412, detail="Changé."))
    answer = browser.post(RENT, data=Form.of(browser.get(RENT).text, RENT).fields)
    assert (answer.status_code, "777,77" in answer.text) == (409, True)
    call = [call for call in services.calls if call.method == "PUT"][-1]
    assert call.headers["If-Match"] == '"7"'
    names = [each.get("name") for each in parse(answer.text) if each.tag == "input"]
    forms = sum(each.tag == "form" and each.get("action") == RENT for each in parse(answer.text))
    # One a form, and none in that which signs out.
    assert (forms, names.count(MARK), names.count("csrf_token")) == (2, 2, 3)


def test_a_step_of_a_declaration_transmitted_meanwhile_is_recalled(
    sign_in: SignIn, portal: Flask, identity: FakeIdentity, services: FakeServices
) -> None:
    browser = sign_in()
    expired(browser, portal)
    services.declaration |= {"status": "transmitted", "status_label": "Transmise", "next_step": "done", "actions": []}
    answer = browser.get(come_back(browser, identity, RENT))
    assert (answer.status_code, page_checks(answer.text)) == (409, [])
    assert ("777,77" in answer.text, NOTICE in answer.text) == (True, False)


def test_two_sendings_at_once_keep_one(make_portal: MakePortal, identity: FakeIdentity, database_url: str) -> None:
    app = make_portal(database_url.replace("{service}", "portal"))
    browser = app.test_client()
    browser.get(identity.consent(browser.get("/connexion").location))
    mark = mark_of(browser.get(RENT).text)

    def send(place: int) -> int:
        return int(app.test_client().post(RENT, data={**TYPED, "rent": str(place), MARK: mark}).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(16))) == [400] * 16
    assert len(rows(app)) == 1
