"""A form of /compte acts once: « Valider » again, a double click, two processes; a proof is looked at each time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from chassis import alone, clock
from identity.pages import sending
from identity.pages.application import create_pages
from identity_applications import APPLICATION, add_application, enrolled
from identity_authenticator import SoftKey
from webui.testing import page_checks, parse

SECURITY = "/compte/securite"
LOST, FORGOTTEN, LINK = "/compte/identifiant-perdu", "/compte/mot-de-passe-oublie", "/compte/connexion/lien"
NEW_PASSWORD = "tracteur boussole citronnelle nuage"
ANONYMOUS = [
    (LOST, "user_number", "359 00007090001", "identifiant"),
    (FORGOTTEN, "email", "gestion@lices.example", "mot-de-passe"),
    (LINK, "login", "BX7K-2M4Q", "lien"),
]


def page(browser: Any, path: str) -> dict[str, str]:
    """What the page there sends along by itself."""
    return dict(browser.hidden(path))


def post(browser: Any, path: str, data: dict[str, str]) -> Any:
    return browser.client.post(path, data=data)


def notices(world: Any) -> list[str]:
    return [event.data["kind"] for event in world.harness.published("identity.security_notice.v1")]


def requests(world: Any) -> list[Any]:
    return list(world.harness.rows("recovery_request"))


def test_every_form_acts_once_or_says_why_it_need_not(local: Any) -> None:
    posts = {rule.endpoint for rule in local.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts == set(sending.ACTS) | set(sending.EXEMPT)
    assert not set(sending.ACTS) & set(sending.EXEMPT)
    assert all(len(reason) > 8 for reason in sending.EXEMPT.values())


@pytest.mark.parametrize(("path", "name", "typed", "purpose"), ANONYMOUS)
def test_the_same_page_sent_again_asks_for_one_message(
    local: Any, path: str, name: str, typed: str, purpose: str
) -> None:
    browser = local.browser()
    sent = {**page(browser, path), name: typed}
    led = [post(browser, path, sent).location for _ in range(2)]
    assert led == [f"/compte/demande-enregistree/{purpose}"] * 2
    shown = browser.client.get(led[0]).text
    assert "C’est déjà enregistré" in shown
    assert page_checks(shown) == []
    assert len(requests(local)) == 1


def test_what_is_asked_again_from_another_page_is_sent_when_one_says_so(local: Any) -> None:
    browser = local.browser()
    pages = [page(browser, FORGOTTEN) for _ in range(2)]
    answers = [post(browser, FORGOTTEN, {**each, "email": "gestion@lices.example"}) for each in pages]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert page_checks(answers[1].text) == []
    hidden = {one.get("name"): one.get("value") for one in parse(answers[1].text) if one.get("type") == "hidden"}
    assert post(browser, FORGOTTEN, hidden).status_code == 303
    assert len(requests(local)) == 2


def test_another_browser_is_not_asked_about_what_this_one_sent(local: Any) -> None:
    for browser in (local.browser(), local.browser("203.0.113.7")):
        sent = {**page(browser, FORGOTTEN), "email": "gestion@lices.example"}
        assert post(browser, FORGOTTEN, sent).status_code == 303
    assert len(requests(local)) == 2


def together(clients: list[Any], path: str, sent: dict[str, str]) -> list[int]:
    start = threading.Barrier(len(clients))

    def send(client: Any) -> int:
        start.wait()
        return int(client.post(path, data=sent).status_code)

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(send, clients))


def same_browser(app: Any, cookie: str) -> Any:
    client = app.test_client()
    client.set_cookie("compte", cookie)
    return client


def test_a_double_click_asks_for_one_message(world: Any) -> None:
    browser = world.browser()
    sent = {**page(browser, FORGOTTEN), "email": "gestion@lices.example"}
    cookie = browser.client.get_cookie("compte").value
    assert together([same_browser(world.app, cookie) for _ in range(4)], FORGOTTEN, sent) == [303] * 4
    assert len(requests(world)) == 1


@pytest.mark.containers
def test_several_processes_ask_for_one_message(
    new_world: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Processes share no thread lock.
    monkeypatch.setattr(alone, "THREADS", (nullcontext(),))
    world = new_world(postgres_url)
    browser = world.browser()
    sent = {**page(browser, FORGOTTEN), "email": "gestion@lices.example"}
    cookie = browser.client.get_cookie("compte").value
    apps = [create_pages(world.harness.runtime) for _ in range(4)]
    for app in apps:
        # Python 3.11 cannot compile routes in several threads (python/cpython#106905).
        app.test_client().get("/compte/connexion")
    assert together([same_browser(app, cookie) for app in apps], FORGOTTEN, sent) == [303] * 4
    assert len(requests(world)) == 1


def test_the_first_sign_in_sends_one_more_code(local: Any) -> None:
    local.register()
    sent = local.issued()[-1]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.send("/compte/premiere-connexion/informations", **local.person)
    for path, fields in (
        ("mot-de-passe", {"password": local.password, "again": local.password}),
        ("regles-usage", {"version": "1", "accepted": "y"}),
        ("conditions-utilisation", {"version": "1", "accepted": "y"}),
    ):
        browser.send(f"/compte/premiere-connexion/{path}", **fields)
    path = "/compte/premiere-connexion/courriel"
    again = {**page(browser, path), "email": local.person["email"]}
    assert [post(browser, path + "/code", again).location for _ in range(2)] == [path] * 2
    assert len(local.codes()) == 2
    assert browser.send(path, code=local.codes()[-1][1]) == "/connexion"


def test_a_new_address_gets_one_code_and_is_confirmed_once(local: Any) -> None:
    browser, _ = local.activated()
    path, codes = SECURITY + "/courriel", len(local.codes())
    sent = {**page(browser, path), "email": "n.legoff@lices.example", "current": local.password}
    assert [post(browser, path, sent).location for _ in range(2)] == [path + "/confirmation"] * 2
    assert len(local.codes()) == codes + 1
    confirmed = {**page(browser, path + "/confirmation"), "code": local.codes()[-1][1]}
    assert [post(browser, path + "/confirmation", confirmed).location for _ in range(2)] == [SECURITY] * 2
    assert "n’a pas été lu" in browser.client.get(SECURITY).text
    assert notices(local).count("email_changed") == 2


def test_the_question_about_a_second_code_asks_for_the_password_and_shows_none(local: Any) -> None:
    browser, _ = local.activated()
    path, codes = SECURITY + "/courriel", len(local.codes())
    typed = {"email": "n.legoff@lices.example", "current": local.password}
    asked = [post(browser, path, {**page(browser, path), **typed}) for _ in range(2)][1]
    assert (asked.status_code, page_checks(asked.text)) == (409, [])
    assert local.password not in asked.text
    fields = {one.get("name"): one.get("value") for one in parse(asked.text) if one.tag == "input"}
    assert fields["current"] == ""
    assert post(browser, path, {**fields, "current": "not the password"}).status_code == 422
    assert post(browser, path, {**fields, "current": local.password}).status_code == 303
    assert len(local.codes()) == codes + 2


def test_a_password_is_changed_once_and_what_is_typed_on_a_used_page_is_not_read(local: Any) -> None:
    browser, _ = local.activated()
    path = SECURITY + "/mot-de-passe"
    sent = {**page(browser, path), "current": local.password, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert [post(browser, path, sent).location for _ in range(2)] == [SECURITY] * 2
    assert "n’a pas été lu" in browser.client.get(SECURITY).text
    assert notices(local).count("password_changed") == 1
    other = {**sent, "current": NEW_PASSWORD, "password": "une autre phrase de passe", "again": "x"}
    assert post(browser, path, other).location == SECURITY
    assert local.browser().sign_in(local.issued()[-1]["login"], NEW_PASSWORD) != "/compte/connexion"


def test_an_application_is_added_and_removed_once(local: Any) -> None:
    browser, _ = local.activated()
    shown = browser.client.get(APPLICATION).text
    secret = next(one.text for one in parse(shown) if one.tag == "strong" and one.get("class") == "mono")
    hidden = {one.get("name"): one.get("value") for one in parse(shown) if one.get("name") in ("csrf_token", "key")}
    sent = {**hidden, "code": pyotp.TOTP(secret.replace(" ", "")).at(clock.now())}
    first, second = (post(browser, APPLICATION, sent) for _ in range(2))
    assert (first.status_code, second.location) == (200, SECURITY)
    assert notices(local).count("factor_added") == notices(local).count("recovery_codes_made") == 1
    gone = page(browser, APPLICATION + "/retrait")
    assert [post(browser, APPLICATION + "/retrait", gone).location for _ in range(2)] == [SECURITY] * 2
    assert notices(local).count("factor_removed") == 1


def test_a_key_is_added_and_removed_once(local: Any) -> None:
    browser, _ = local.activated()
    keys, headers = SECURITY + "/cles-acces", {"X-CSRFToken": page(browser, SECURITY + "/cles-acces")["csrf_token"]}
    options = browser.client.post(keys + "/demande", headers=headers).json
    sent = {**page(browser, keys), "credential": SoftKey().register(options), "name": "téléphone"}
    first, second = (post(browser, keys, sent) for _ in range(2))
    assert (first.status_code, second.location) == (200, SECURITY)
    assert notices(local).count("factor_added") == 1
    [key] = local.harness.rows("passkey")
    path = f"{keys}/{key['id']}/retrait"
    gone = page(browser, path)
    assert [post(browser, path, gone).location for _ in range(2)] == [SECURITY] * 2
    assert notices(local).count("factor_removed") == 1


def test_recovery_codes_are_made_once_a_page(local: Any) -> None:
    browser, _, _, _ = enrolled(local)
    path = SECURITY + "/codes-de-secours"
    sent = page(browser, path)
    first, second = (post(browser, path, sent) for _ in range(2))
    assert (first.status_code, second.location) == (200, SECURITY)
    assert notices(local).count("recovery_codes_made") == 2


def test_what_was_only_led_to_a_proof_is_done_when_it_is_sent_again(local: Any) -> None:
    browser, _ = local.activated()
    add_application(browser)
    path = APPLICATION + "/retrait"
    sent = page(browser, path)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert post(browser, path, sent).location == SECURITY + "/verification"
    assert [row["state"] for row in local.harness.rows("sent_form") if row["key"] == sent["key"]] == []


def test_a_sign_in_is_looked_at_each_time(local: Any) -> None:
    _, sent = local.activated()
    browser = local.browser()
    typed = {"login": sent["login"], "password": local.password}
    hidden = page(browser, "/compte/connexion")
    assert post(browser, "/compte/connexion", {**hidden, **typed}).status_code == 303
    assert post(browser, "/compte/connexion", {**hidden, **typed, "password": "wrong"}).status_code in (400, 422)
    assert not {"sign_in.connexion", "proof.prove", "second_step.second_factor"} & set(sending.ACTS)


def test_no_secret_makes_the_hash_of_a_form(local: Any) -> None:
    """The same row whatever the password or the code: nothing about them can be guessed from the table."""
    browser, _ = local.activated()
    path = SECURITY + "/courriel"
    hidden = page(browser, path)
    typed = {"email": "n.legoff@lices.example", "current": local.password}
    contents = []
    for password in (local.password, "another one"):
        with local.app.test_request_context(path, method="POST", data={**hidden, **typed, "current": password}):
            forms = sending.sent_forms(local.harness.runtime)
            forms.secret = b"key"
            contents.append(forms.content())
    assert contents[0] == contents[1]
    post(browser, path, {**hidden, **typed})
    kept = str(local.harness.rows("sent_form"))
    assert "legoff" not in kept
    assert local.password not in kept


def test_every_form_that_acts_once_carries_its_key(local: Any) -> None:
    """In the pages themselves: without its key a form sent again would ask where it should lead to the first."""
    environment = local.app.jinja_env
    for name in ("lien", "identifiant_perdu", "mot_de_passe_oublie", "changer_courriel", "confirmer_courriel"):
        source = environment.loader.get_source(environment, f"compte/{name}.html")[0]
        assert "ui.hidden(form.key)" in source
    for name in ("application", "cle_acces", "nouveaux_codes", "retrait"):
        source = environment.loader.get_source(environment, f"compte/protection/{name}.html")[0]
        assert "ui.hidden(form.key)" in source
