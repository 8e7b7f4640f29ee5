"""Lost identifier, forgotten password: who learns nothing first, then what is sent."""

from datetime import timedelta
from time import thread_time
from typing import Any

import pytest
import time_machine
from chassis import clock, ids
from identity.domain.sign_in_help import WAYS, Origin, Way
from identity.models import TokenFamily
from webui.testing import assert_page, parse

BASE = "/api/identity/v1"
LOST, FORGOTTEN = "/compte/identifiant-perdu", "/compte/mot-de-passe-oublie"
BY_LETTER = {"email": None}


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


@pytest.mark.parametrize(
    ("path", "field", "known", "unknown"),
    [
        ("identifier", "user_number", "359 00007090001", "359 00007099999"),
        ("password", "email", "nolwenn@lices.example", "inconnue@lices.example"),
    ],
)
def test_the_answer_does_not_tell_whether_an_account_exists(
    world: Any, path: str, field: str, known: str, unknown: str
) -> None:
    world.activated()
    answers = [
        world.harness.client.post(f"{BASE}/recoveries/{path}", json={field: value}) for value in (known, unknown)
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert answers[0].json() == answers[1].json()
    rows = [
        {**row, "id": None, "subject": None, "requested_at": None} for row in world.harness.rows("recovery_request")
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("path", "field", "known", "unknown"),
    [
        (LOST, "user_number", "35900007090001", "35900007099999"),
        (FORGOTTEN, "email", "nolwenn@lices.example", "inconnue@lices.example"),
    ],
)
def test_the_form_says_the_same_words_whether_or_not_an_account_exists(
    local: Any, path: str, field: str, known: str, unknown: str
) -> None:
    local.activated()
    first, second = local.browser(), local.browser()
    first.send(path, **{field: known})
    second.send(path, **{field: unknown})
    assert_page(first.text)
    assert "Votre demande est enregistrée" in first.text
    assert first.text == second.text


@pytest.mark.usefixtures("costly_hashes")
def test_an_unknown_login_costs_as_much_work_as_a_known_one(local: Any) -> None:
    _, sent = local.activated()

    def work(login: str, network: int) -> float:
        browser = local.browser(f"198.51.{network}.1")
        fields = {"csrf_token": browser.token("/compte/connexion"), "login": login, "password": "une girafe fausse"}
        started = thread_time()
        browser.client.post("/compte/connexion", data=fields)
        return thread_time() - started

    known = min(work(sent["login"], network) for network in range(4))
    unknown = min(work("AAAA-AAAA", network) for network in range(4))
    # The processor's time of this thread: an argon2id hash is most of it, and is not skipped for an unknown login.
    assert abs(known - unknown) < 0.5 * known


@pytest.mark.parametrize(("path", "body"), [("identifier", {"user_number": "12"}), ("password", {"email": "a@b"})])
def test_a_recovery_that_cannot_be_read_names_the_field_and_an_example(
    local: Any, path: str, body: dict[str, str]
) -> None:
    answer = local.harness.client.post(f"{BASE}/recoveries/{path}", json=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/" + next(iter(body))
    assert error["example"]


def test_a_user_number_sends_login_and_password_again_to_where_the_caf_writes(world: Any) -> None:
    world.register()
    with later(minutes=1):
        world.browser().send(LOST, user_number="359 00007090001")
        world.harness.run_job("recoveries")
    first, second = world.issued()
    assert (second["purpose"], second["channel"], second["email"]) == (
        "identifier_recovery",
        "email",
        "gestion@lices.example",
    )
    assert second["login"] == first["login"]
    assert second["password"] != first["password"]


def test_once_activated_the_holder_is_written_to_at_their_own_address(local: Any) -> None:
    local.activated(**BY_LETTER)
    with later(minutes=6):
        local.browser().send(LOST, user_number="35900007090001")
        local.harness.run_job("recoveries")
    assert (local.issued()[-1]["channel"], local.issued()[-1]["email"]) == ("email", "nolwenn@lices.example")


def test_any_user_number_of_a_legal_person_recovers_its_one_account_where_the_caf_that_made_it_writes(
    world: Any,
) -> None:
    world.register("35900007090001")
    world.register("22100007090002", email="agence22@lices.example")
    # That Caf's latest word counts, and another number of its own.
    world.register("35900007090001", version=2, email="nouvelle@lices.example")
    world.register("35900007090003", email="agence35@lices.example")
    asked = {"22100007090002": "nouvelle@lices.example", "35900007090003": "agence35@lices.example"}
    for minutes, (number, email) in enumerate(asked.items(), start=1):
        with later(minutes=6 * minutes):
            world.browser().send(LOST, user_number=number)
            world.harness.run_job("recoveries")
        sent = world.issued()[-1]
        assert (sent["account_id"], sent["email"]) == (world.issued()[0]["account_id"], email)
    assert [sent["user_number"] for sent in world.issued()[1:]] == ["35900007090001", "35900007090003"]


def test_an_address_that_another_caf_gives_recovers_nothing(world: Any) -> None:
    world.register("35900007090001")
    world.register("56900000700001", email="intrus@ailleurs.example")
    world.browser().send(FORGOTTEN, email="intrus@ailleurs.example")
    world.harness.run_job("recoveries")
    assert len(world.issued()) == 1


def test_only_the_last_provisional_password_opens_the_account(local: Any) -> None:
    local.register()
    with later(minutes=6):
        local.browser().send(LOST, user_number="35900007090001")
        local.harness.run_job("recoveries")
        first, second = local.issued()
        assert local.browser().sign_in(first["login"], first["password"]) == "/compte/connexion"
        assert local.browser().sign_in(first["login"], second["password"]) == "/compte/premiere-connexion/informations"


def test_a_letter_asked_for_again_and_again_does_not_kill_the_one_on_its_way(local: Any) -> None:
    local.register(**BY_LETTER)
    for days in (1, 2):
        with later(days=days):
            local.browser().send(LOST, user_number="35900007090001")
            local.harness.run_job("recoveries")
    _, sent = local.issued()
    assert (sent["channel"], sent["purpose"]) == ("letter", "identifier_recovery")
    with later(days=3):
        assert local.browser().sign_in(sent["login"], sent["password"]) == "/compte/premiere-connexion/informations"
    with later(days=5):
        local.browser().send(LOST, user_number="35900007090001")
        local.harness.run_job("recoveries")
    assert len(local.issued()) == 3


def test_an_address_corrected_in_the_registry_recovers_an_account_nobody_has_opened_yet(local: Any) -> None:
    local.register()
    local.register(version=2, email="nouvelle@lices.example")
    local.browser().send(FORGOTTEN, email="nouvelle@lices.example")
    local.harness.run_job("recoveries")
    assert local.issued()[-1]["email"] == "nouvelle@lices.example"


def test_a_forgotten_password_leaves_the_current_one_valid_until_another_is_chosen(local: Any) -> None:
    _, sent = local.activated()
    with later(minutes=6):
        local.browser().send(FORGOTTEN, email=" Nolwenn@Lices.example ")
        local.harness.run_job("recoveries")
        assert local.issued()[-1]["purpose"] == "password_recovery"
        assert local.browser().sign_in(sent["login"], local.password) == "/connexion"


def test_who_never_signed_in_and_is_known_by_email_may_also_say_they_forgot_the_password(local: Any) -> None:
    account_id = str(ids.new_id())
    data = {"account_id": account_id, "organisation_id": str(ids.new_id()), "caf_code": None}
    person = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "n.legoff@lices.example"}
    local.harness.deliver("habilitation.user_created.v1", data, person)
    with later(minutes=6):
        local.browser().send(FORGOTTEN, email="n.legoff@lices.example")
        local.harness.run_job("recoveries")
    assert [sent["account_id"] for sent in local.issued()] == [account_id, account_id]


def test_attempts_are_limited_per_number_without_a_word(local: Any) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for attempt in range(8):
            browser = local.browser(f"198.51.{attempt}.1")
            browser.send(LOST, user_number="35900007090001")
            assert "Votre demande est enregistrée" in browser.text
    assert len(local.harness.rows("recovery_request")) == 4


def test_what_was_typed_is_erased_once_handled(local: Any) -> None:
    local.browser().send(FORGOTTEN, email="inconnue@lices.example")
    local.harness.run_job("recoveries")
    [row] = local.harness.rows("recovery_request")
    assert row["handled_at"]
    assert "inconnue" not in str(
        [local.harness.rows(name) for name in ("recovery_request", "throttle", "security_event")]
    )


def told(world: Any) -> list[tuple[str, str]]:
    notices = world.harness.published("identity.security_notice.v1")
    return [(event.data["kind"], event.personal["email"]) for event in notices]


def test_the_holder_is_told_of_each_recovery_and_of_its_end(world: Any) -> None:
    _, sent = world.activated()
    assert not told(world)
    with later(minutes=6):
        world.browser().send(LOST, user_number="35900007090001")
        world.harness.run_job("recoveries")
        assert told(world) == [("recovery_requested", "nolwenn@lices.example")]
        browser = world.browser()
        browser.sign_in(sent["login"], world.issued()[-1]["password"])
        other = "lanterne brouette galaxie moutarde"
        browser.send("/compte/premiere-connexion/mot-de-passe", password=other, again=other)
    assert told(world)[1:] == [("password_changed", "nolwenn@lices.example")]


def test_a_recovery_ends_every_session_and_every_refresh_family(world: Any) -> None:
    elsewhere, sent = world.activated()
    assert elsewhere.get("/compte/securite") == "/compte/securite"
    [opened] = [row["id"] for row in world.harness.rows("sign_in_session") if row["ended_at"] is None]
    dates = {"started_at": clock.now(), "expires_at": clock.now() + timedelta(hours=1)}
    with world.harness.transaction() as session:
        session.add(TokenFamily(id=ids.new_id(), client_id="portal", session_id=opened, scope="openid", **dates))
    with later(minutes=6):
        world.browser().send(FORGOTTEN, email="nolwenn@lices.example")
        world.harness.run_job("recoveries")
        browser = world.browser()
        browser.sign_in(sent["login"], world.issued()[-1]["password"])
        other = "lanterne brouette galaxie moutarde"
        browser.send("/compte/premiere-connexion/mot-de-passe", password=other, again=other)
        assert elsewhere.get("/compte/securite") == "/compte/connexion"
    still_open = [row for row in world.harness.rows("sign_in_session") if row["ended_at"] is None]
    assert len(still_open) == 1
    assert [row["revoked_at"] is None for row in world.harness.rows("token_family")] == [False]


@pytest.mark.parametrize(("origin", "before", "login"), list(WAYS))
def test_three_answers_lead_to_the_one_way_that_helps(local: Any, origin: Origin, before: bool, login: bool) -> None:
    browser = local.browser()
    answers = {True: "oui", False: "non"}
    browser.get(f"/compte/aide-connexion?origin={origin}&before={answers[before]}&login={answers[login]}")
    assert_page(browser.text)
    inset = next(one for one in parse(browser.text) if one.get("id") == "reponse")
    said = {
        Way.LOST_IDENTIFIER: "N° utilisateur",
        Way.FORGOTTEN_PASSWORD: "adresse courriel\u00a0:",
        Way.ADMINISTRATOR: "administrateur de votre organisme",
    }
    assert said[WAYS[origin, before, login]].replace("\u00a0:", "") in inset.words


def test_who_never_signed_in_and_got_letters_is_never_sent_to_the_form_that_asks_for_an_email() -> None:
    assert {WAYS[Origin.LETTER, False, login] for login in (True, False)} == {Way.LOST_IDENTIFIER}


@pytest.mark.parametrize("query", ["?origin=letter", "?origin=x&before=oui&login=oui", "?before=%FF&login=%FF"])
def test_the_questions_not_answered_are_said(local: Any, query: str) -> None:
    browser = local.browser()
    browser.get("/compte/aide-connexion" + query)
    assert browser.status == 422
    assert_page(browser.text)
