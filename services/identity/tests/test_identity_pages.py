"""The pages under /compte, as a person meets them. What must not happen comes first."""

from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from chassis import clock
from identity.crypto import hashing
from identity.models import Account
from identity_events import Issued
from sqlalchemy import update
from webui.testing import assert_page, parse

STEPS = ("informations", "mot-de-passe", "regles-usage", "conditions-utilisation")
FIRST = "/compte/premiere-connexion/"
CONFIRM = FIRST + "courriel"
TYPED = "proprietaire@kerviel.example"


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


@pytest.mark.parametrize("step", STEPS)
def test_no_step_opens_without_signing_in(local: Any, step: str) -> None:
    browser = local.browser()
    assert browser.get(FIRST + step) == "/compte/connexion"
    assert browser.send(FIRST + step, password=local.password, again=local.password) in (
        "/compte/connexion",
        FIRST + step,
    )
    assert not local.harness.rows("sign_in_session")


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_step_out_of_order_leads_to_the_right_one_and_changes_nothing(local: Any, step: str) -> None:
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    assert browser.sign_in(sent["login"], sent["password"]) == FIRST + "informations"
    before = [local.harness.rows(name) for name in ("account", "consent", "credential")]
    assert browser.get(FIRST + step) == FIRST + "informations"
    token = browser.token(FIRST + "informations")
    fields = {"csrf_token": token, "password": local.password, "again": local.password, "version": "1", "accepted": "y"}
    answer = browser.client.post(FIRST + step, data=fields)
    assert (answer.status_code, answer.location) == (303, FIRST + "informations")
    assert [local.harness.rows(name) for name in ("account", "consent", "credential")] == before


def test_a_form_without_its_token_is_refused(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    answer = local.browser().client.post(
        "/compte/connexion", data={"login": sent["login"], "password": sent["password"]}
    )
    assert answer.status_code == 400
    assert not local.harness.rows("sign_in_session")


def test_unknown_login_and_wrong_password_get_the_same_answer(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    known, unknown = local.browser(), local.browser()
    known.sign_in(sent["login"], "ACDE-FGHJ-KMNP-QRTU-VWXY")
    unknown.sign_in("AAAA-AAAA", "ACDE-FGHJ-KMNP-QRTU-VWXY")
    assert (known.status, unknown.status) == (422, 422)
    assert_page(known.text)
    shown = [browser.text.replace(sent["login"], "").replace("AAAA-AAAA", "") for browser in (known, unknown)]
    assert without_token(shown[0]) == without_token(shown[1])


def test_the_whole_first_sign_in_activates_the_account_once(world: Any) -> None:
    world.register()
    sent = world.issued()[0]
    browser = world.browser()
    assert browser.sign_in(sent["login"].lower(), sent["password"].replace("-", " ")) == FIRST + "informations"
    assert browser.send(FIRST + "informations", **world.person) == FIRST + "mot-de-passe"
    assert browser.send(FIRST + "mot-de-passe", password=world.password, again=world.password) == FIRST + "regles-usage"
    assert browser.send(FIRST + "regles-usage", version="1", accepted="y") == FIRST + "conditions-utilisation"
    assert not world.harness.published("identity.account_activated.v1")
    assert browser.send(FIRST + "conditions-utilisation", version="1", accepted="y") == CONFIRM
    assert not world.harness.published("identity.account_activated.v1")
    assert browser.send(CONFIRM, code=world.codes()[-1][1]) == "/connexion"
    [event] = world.harness.published("identity.account_activated.v1")
    assert (event.data["account_id"], event.data["kind"], event.data["caf_code"]) == (
        sent["account_id"],
        "landlord",
        None,
    )
    assert event.personal == {name: world.person[name] for name in ("civility", "last_name", "first_name", "email")}
    again = world.browser()
    assert again.sign_in(sent["login"], world.password) == "/connexion"
    assert len(world.harness.published("identity.account_activated.v1")) == 1
    assert {(row["document"], row["document_version"]) for row in world.harness.rows("consent")} == {
        ("usage_rules", 1),
        ("terms", 1),
    }


@pytest.mark.parametrize("first_name", ["", None])
@pytest.mark.parametrize("last_name", ["SINGH", "NG", "D’", "O’BRIEN-LE-GALL", "W" * 80])
def test_who_has_one_name_only_is_shown_it_and_signs_in_with_it(
    local: Any, last_name: str, first_name: str | None
) -> None:
    kind, civility = "natural_person", "M."
    name = f"{civility} {last_name}"
    local.register(kind=kind, name=name, civility=civility, last_name=last_name, first_name=first_name)
    sent = local.issued()[0]
    browser = local.browser()
    assert browser.sign_in(sent["login"], sent["password"]) == FIRST + "informations"
    assert_page(browser.text)
    typed = {element.get("name"): element.get("value") for element in parse(browser.text) if element.tag == "input"}
    assert (typed["last_name"], typed["first_name"] or "") == (last_name, "")
    assert "Prénom (si vous en avez un)" in browser.text
    person = {**local.person, "civility": civility, "last_name": last_name, "first_name": "  "}
    assert browser.send(FIRST + "informations", **person) == FIRST + "mot-de-passe"
    browser.send(FIRST + "mot-de-passe", password=local.password, again=local.password)
    browser.send(FIRST + "regles-usage", version="1", accepted="y")
    browser.send(FIRST + "conditions-utilisation", version="1", accepted="y")
    assert browser.send(CONFIRM, code=local.codes()[-1][1]) == "/connexion"
    [event] = local.harness.published("identity.account_activated.v1")
    assert (event.personal["last_name"], event.personal["first_name"]) == (last_name, "")
    page = browser.get("/compte/securite") and browser.text
    assert "None" not in page


def test_what_was_left_half_way_is_taken_up_again_in_another_browser(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    first, second = local.browser(), local.browser()
    first.sign_in(sent["login"], sent["password"])
    first.send(FIRST + "informations", **local.person)
    assert second.sign_in(sent["login"], sent["password"]) == FIRST + "mot-de-passe"
    assert first.get(FIRST + "mot-de-passe") == "/compte/connexion"
    second.send(FIRST + "mot-de-passe", password=local.password, again=local.password)
    third = local.browser()
    assert third.sign_in(sent["login"], local.password) == FIRST + "regles-usage"


def test_a_provisional_password_that_has_served_says_what_to_do_next(local: Any) -> None:
    _, sent = local.activated()
    late = local.browser()
    late.sign_in(sent["login"], sent["password"])
    assert late.status == 422
    assert "a déjà servi" in late.text
    assert "Je n’arrive pas à me connecter" in late.text
    assert_page(late.text)


@pytest.mark.parametrize(("email", "hours"), [("gestion@lices.example", 72), (None, 30 * 24)])
def test_a_provisional_password_expires_with_its_channel_and_says_what_to_do_next(
    local: Any, email: str | None, hours: int
) -> None:
    local.register(email=email)
    sent = local.issued()[0]
    with later(hours=hours - 1):
        assert local.browser().sign_in(sent["login"], sent["password"]) == FIRST + "informations"
    with later(hours=hours + 1):
        browser = local.browser()
        browser.sign_in(sent["login"], sent["password"])
        assert "n’est plus valable" in browser.text
        assert_page(browser.text)


def at_the_code(world: Any, address: str = TYPED, number: str = "22100007090002") -> tuple[Any, Issued]:
    """A natural person whom the Caf writes to, and who has done the five steps."""
    world.register(number, kind="natural_person", name="M. Yann Kerviel", email=f"{number}@caf.example")
    sent, browser = world.issued()[-1], world.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.send(FIRST + "informations", **{**world.person, "email": address})
    browser.send(FIRST + "mot-de-passe", password=world.password, again=world.password)
    browser.send(FIRST + "regles-usage", version="1", accepted="y")
    assert browser.send(FIRST + "conditions-utilisation", version="1", accepted="y") == CONFIRM
    return browser, sent


def recover(world: Any, email: str) -> list[str]:
    """The accounts that get a new password."""
    before = len(world.issued())
    world.browser().send("/compte/mot-de-passe-oublie", email=email)
    world.harness.run_job("recoveries")
    return [one["account_id"] for one in world.issued()[before:]]


def test_an_address_that_was_only_typed_recovers_nothing_and_is_taken_from_nobody(world: Any) -> None:
    usurper, _ = at_the_code(world)
    assert usurper.send(CONFIRM + "/plus-tard", page=CONFIRM) == "/connexion"
    assert recover(world, TYPED) == []
    # Its owner comes later, and has it.
    owner, mine = at_the_code(world, number="35900007090001")
    assert owner.send(CONFIRM, code=world.codes()[-1][1]) == "/connexion"
    assert recover(world, TYPED) == [mine["account_id"]]
    usurper.get("/compte/securite")
    assert "à confirmer" in usurper.text
    assert_page(usurper.text)


def test_the_same_words_whoever_has_the_address_and_its_holder_gets_an_explanation(local: Any) -> None:
    local.activated()
    shown = []
    for number, address in (("22100007090002", local.person["email"]), ("22100007090003", "libre@kerviel.example")):
        browser, _ = at_the_code(local, address, number)
        assert_page(browser.text)
        shown.append(without_token(browser.text.replace(address, "ADRESSE")))
    assert shown[0] == shown[1]
    assert [bool(code) for _address, code in local.codes()[-2:]] == [False, True]


def test_who_gets_no_code_asks_for_another_gives_another_address_or_goes_on(local: Any) -> None:
    browser, sent = at_the_code(local)
    browser.send(CONFIRM, code="AAAA-AAAA")
    assert browser.status == 422
    assert_page(browser.text)
    # Left, and taken up again where one was.
    browser = local.browser()
    assert browser.sign_in(sent["login"], local.password) == CONFIRM
    assert browser.send(CONFIRM + "/code", page=CONFIRM, email="autre@kerviel.example") == CONFIRM
    assert local.codes()[-1][0] == "autre@kerviel.example"
    for _again in range(6):
        browser.insist(CONFIRM + "/code", page=CONFIRM, email="autre@kerviel.example")
    assert browser.status == 429
    assert_page(browser.text)
    assert len(local.codes()) <= 7
    assert browser.send(CONFIRM + "/plus-tard", page=CONFIRM) == "/connexion"
    [event] = local.harness.published("identity.account_activated.v1")
    assert event.personal["email"] is None
    assert local.browser().sign_in(sent["login"], local.password) == "/connexion"
    assert recover(local, "22100007090002@caf.example") == [sent["account_id"]]


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("trop court", "15 caractères"),
        ("Le Goff et son chat gris", "votre nom"),
        ("azertyuiopqsdfghjklm", "mots de passe volés"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule_and_the_provisional_one_still_serves(
    local: Any, password: str, said: str
) -> None:
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.send(FIRST + "informations", **local.person)
    browser.send(FIRST + "mot-de-passe", password=password, again=password)
    assert browser.status == 422
    assert said in browser.text
    assert password not in browser.text
    assert_page(browser.text)
    assert browser.send(FIRST + "mot-de-passe", password=local.password, again=local.password) == FIRST + "regles-usage"


def test_twenty_failures_make_one_wait_and_the_right_password_passes_afterwards(local: Any) -> None:
    _, sent = local.activated()
    with time_machine.travel(clock.now(), tick=False):
        for attempt in range(7):
            local.browser(f"192.0.2.{attempt}").sign_in(sent["login"], "une girafe qui se trompe")
        blocked = local.browser()
        blocked.sign_in(sent["login"], local.password)
        assert blocked.status == 429
        assert "n’est pas bloqué" in blocked.text
        assert_page(blocked.text)
    with later(minutes=15):
        assert local.browser().sign_in(sent["login"], local.password) == "/connexion"
    with later(minutes=15):
        assert local.browser().sign_in(sent["login"], local.password) == "/connexion"


def test_choosing_a_password_after_a_recovery_ends_the_other_sessions(local: Any) -> None:
    first, sent = local.activated()
    with later(minutes=10):
        local.browser().send("/compte/mot-de-passe-oublie", email=local.person["email"])
        local.harness.run_job("recoveries")
        recovered = local.issued()[-1]
        second = local.browser()
        assert second.sign_in(sent["login"], recovered["password"]) == FIRST + "mot-de-passe"
        assert first.get("/compte/connexion") == "/connexion"
        other = "lanterne brouette galaxie moutarde"
        assert second.send(FIRST + "mot-de-passe", password=other, again=other) == "/connexion"
        assert first.get("/compte/connexion") == "/compte/connexion"
        assert local.browser().sign_in(sent["login"], local.password) == "/compte/connexion"


def test_signing_out_ends_the_session_for_good(local: Any) -> None:
    browser, _ = local.activated()
    browser.get("/compte/deconnexion")
    assert_page(browser.text)
    browser.send("/compte/deconnexion")
    assert "Vous êtes déconnecté" in browser.text
    assert_page(browser.text)
    assert browser.get("/compte/connexion") == "/compte/connexion"
    assert [row["ended_at"] is None for row in local.harness.rows("sign_in_session")] == [False]
    last = local.harness.rows("security_event")[-1]
    # Without its account nobody could ever read the line.
    assert (last["kind"], last["account_id"] is None) == ("sign_out", False)


def test_an_identifier_planted_in_the_browser_before_signing_in_opens_nothing(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.get("/compte/connexion")
    planted = browser.client.get_cookie("compte").value
    browser.sign_in(sent["login"], sent["password"])
    assert browser.client.get_cookie("compte").value != planted
    thief = local.browser()
    thief.client.set_cookie("compte", planted)
    assert thief.get(FIRST + "informations") == "/compte/connexion"


def test_the_page_to_sign_in_has_the_two_links_of_the_guides_and_the_page_that_leads_people(local: Any) -> None:
    page = local.browser().client.get("/compte/connexion").text
    links = {one.text: one.get("href") for one in parse(page) if one.tag == "a"}
    assert links["Identifiant perdu"] == "/compte/identifiant-perdu"
    assert links["Mot de passe oublié"] == "/compte/mot-de-passe-oublie"
    assert links["Je n’arrive pas à me connecter"] == "/compte/aide-connexion"


@pytest.mark.parametrize("path", ["connexion", "aide-connexion", "identifiant-perdu", "mot-de-passe-oublie"])
def test_each_page_before_signing_in_is_accessible_and_never_kept_in_a_cache(local: Any, path: str) -> None:
    answer = local.browser().client.get(f"/compte/{path}")
    assert_page(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"


def test_each_step_is_accessible_and_refuses_an_empty_form_with_words(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    answers = (
        dict(local.person),
        {"password": local.password, "again": local.password},
        {"version": "1", "accepted": "y"},
        {"version": "1", "accepted": "y"},
    )
    for step, fields in zip(STEPS, answers, strict=True):
        browser.get(FIRST + step)
        assert_page(browser.text)
        browser.send(FIRST + step)
        assert browser.status == 422
        assert_page(browser.text)
        browser.send(FIRST + step, **fields)


def test_a_consent_to_a_version_that_is_no_longer_the_current_one_is_refused(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    browser = local.browser()
    browser.sign_in(sent["login"], sent["password"])
    browser.send(FIRST + "informations", **local.person)
    browser.send(FIRST + "mot-de-passe", password=local.password, again=local.password)
    for version in ("0", "9" * 5000):
        browser.send(FIRST + "regles-usage", version=version, accepted="y")
        assert browser.status == 422
        assert "Ce texte vient de changer" in browser.text
    assert not local.harness.rows("consent")


def without_token(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


@pytest.mark.usefixtures("costly_hashes")
def test_a_password_hashed_with_older_parameters_is_hashed_again_at_sign_in(local: Any) -> None:
    _, sent = local.activated()
    older = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(local.password)
    with local.harness.transaction() as session:
        session.execute(update(Account).values(password_hash=older))
    assert local.browser().sign_in(sent["login"], local.password) == "/connexion"
    stored = local.harness.rows("account")[0]["password_hash"]
    assert "m=19456,t=2,p=1" in stored
    assert PasswordHasher().verify(stored, local.password)


def test_a_machine_too_busy_to_hash_says_so_instead_of_failing(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_SLOTS", BoundedSemaphore(1))
    monkeypatch.setattr(hashing, "_LONGEST_WAIT_SECONDS", 0.01)
    browser = local.browser()
    with hashing._slot():
        browser.sign_in("AAAA-AAAA", "une girafe qui attend")
    assert browser.status == 503
    assert_page(browser.text)
