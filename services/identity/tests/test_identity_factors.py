"""Authenticator applications and recovery codes, as a person meets them. What must not happen comes first."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from chassis import clock, ids
from hypothesis import given
from hypothesis import strategies as st
from identity.domain import recovery_codes
from identity.domain.totp import counter_at, matching_counter, new_secret, read_code
from identity.factors import codes, totp
from identity.factors.commands import reset_factors
from identity.models import Account
from identity_applications import APPLICATION, add_application, enrolled
from identity_events import Issued
from sqlalchemy import select, update
from webui.testing import assert_page

SECOND = "/compte/connexion/seconde-verification"
SECURITY = "/compte/securite"
CODES = SECURITY + "/codes-de-secours"
PROTECTION = "/compte/protection"
PROOF = SECURITY + "/verification"
SHORT = "moufle&Xq7gran"

moments = st.integers(1_767_225_600, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


def next_code(application: pyotp.TOTP) -> str:
    """Of the following half minute: the present one has served."""
    return application.at(clock.now() + timedelta(seconds=30))


@given(moments, st.integers(-20, 20))
def test_a_code_is_taken_within_one_step_of_the_clock_and_never_beyond(now: datetime, steps: int) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    code = pyotp.TOTP(secret).at(now + timedelta(seconds=30 * steps))
    found = matching_counter(secret, code, now, -1)
    if abs(steps) <= 1:
        assert found is not None
        assert found == counter_at(now) + steps or pyotp.TOTP(secret).generate_otp(found) == code
    else:
        # One in a million codes is the same by chance.
        assert found is None or pyotp.TOTP(secret).generate_otp(found) == code


@given(moments, st.integers(-1, 1), st.integers(-3, 3))
def test_a_code_not_later_than_the_last_one_taken_is_never_taken(now: datetime, steps: int, last: int) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(now + timedelta(seconds=30 * steps))
    found = matching_counter(secret, code, now, counter_at(now) + last)
    assert found is None or found > counter_at(now) + last


@given(st.text(max_size=30))
def test_only_six_digits_are_a_code_and_only_twelve_signs_a_recovery_code(typed: str) -> None:
    assert read_code(typed) is None or re.fullmatch("[0-9]{6}", "".join(typed.split()))
    read = recovery_codes.read_code(typed)
    assert read is None or recovery_codes.read_code(read) == read


def test_ten_recovery_codes_of_57_bits_each_never_the_same() -> None:
    made = [code for _ in range(20) for code in recovery_codes.new_codes()]
    assert len(made) == len(set(made)) == 200
    assert all(recovery_codes.read_code(code.lower().replace("-", " ")) == code for code in made)


def test_the_password_alone_opens_nothing_once_there_is_a_second_factor(world: Any) -> None:
    _, sent, _, _ = enrolled(world)
    browser = world.browser()
    assert browser.sign_in(sent["login"], world.password) == SECOND
    assert_page(browser.text)
    for path in (SECURITY, APPLICATION, CODES, PROOF, PROTECTION, "/compte/premiere-connexion/mot-de-passe"):
        assert browser.get(path) == SECOND
    answer = browser.client.get("/oidc/authorize?response_type=code&client_id=portal")
    assert "code=" not in (answer.location or "")
    assert [row["step"] for row in world.harness.rows("sign_in_session")][-1] == "second_factor"


def test_the_secret_is_in_no_table_in_clear(local: Any) -> None:
    _, _, application, shown = enrolled(local)
    stored = str([local.harness.rows(name) for name in ("totp_factor", "recovery_code", "web_session", "outbox")])
    assert application.secret not in stored
    assert not [code for code in shown if code in stored]


def test_a_secret_sealed_for_one_account_opens_for_no_other(local: Any) -> None:
    settings, runtime = local.harness.runtime.settings, local.harness.runtime
    enrolled(local)
    account_id = local.harness.rows("account")[0]["id"]
    sealed = totp.offer(settings, account_id)
    assert totp.open_secret(settings, sealed, account_id)
    assert totp.open_secret(settings, sealed, type(account_id)(int=7)) is None
    assert totp.open_secret(settings, sealed[:-3] + "AAA", account_id) is None
    with runtime.read_only() as session:
        assert session.scalar(select(Account.id)) == account_id


def test_a_code_lets_in_once_and_says_so_in_the_token_and_the_journal(world: Any) -> None:
    _, sent, application, _ = enrolled(world)
    code, browser = next_code(application), world.browser()
    browser.sign_in(sent["login"], world.password)
    before = browser.client.get_cookie("compte").value
    assert browser.send(SECOND, code=f"{code[:3]} {code[3:]}") == "/connexion"
    assert browser.client.get_cookie("compte").value != before
    assert world.harness.rows("sign_in_session")[-1]["amr"] in (["pwd", "otp", "mfa"], '["pwd", "otp", "mfa"]')
    assert "second_factor.proven" in [row["kind"] for row in world.harness.rows("security_event")]
    thief = world.browser()
    thief.sign_in(sent["login"], world.password)
    assert thief.send(SECOND, code=code) == SECOND
    assert thief.status == 422
    assert_page(thief.text)
    assert world.harness.rows("security_event")[-1]["kind"] == "second_factor.refused"


@pytest.mark.usefixtures("costly_hashes")
def test_recovery_codes_are_hashed_with_a_salt_each(local: Any) -> None:
    enrolled(local)
    hashes = [row["code_hash"] for row in local.harness.rows("recovery_code")]
    assert all(one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for one in hashes)
    assert len({one.split("$")[4] for one in hashes}) == 10


def test_of_four_uses_of_one_code_at_once_one_passes(world: Any) -> None:
    _, _, application, _ = enrolled(world)
    code, account_id = next_code(application), world.harness.rows("account")[0]["id"]

    def use(_number: int) -> bool:
        with world.harness.runtime.transaction() as session:
            return totp.prove(session, account_id, code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_of_four_uses_of_one_recovery_code_at_once_one_passes(world: Any) -> None:
    _, sent, _, shown = enrolled(world)
    assert len(shown) == 10

    def use(number: int) -> str:
        browser = world.browser(f"198.51.{number}.1")
        browser.sign_in(sent["login"], world.password)
        return str(browser.send(SECOND, code=shown[3].lower()))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [SECOND, SECOND, SECOND, "/connexion"]
    told = [event.data["kind"] for event in world.harness.published("identity.security_notice.v1")]
    assert told.count("recovery_code_used") == 1


def test_new_recovery_codes_void_the_old_ones_and_the_count_is_shown(local: Any) -> None:
    browser, _, _, shown = enrolled(local)
    browser.send(CODES)
    fresh = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", browser.text)
    assert_page(browser.text)
    assert len(fresh) == 10
    account_id, runtime = local.harness.rows("account")[0]["id"], local.harness.runtime
    assert [codes.find(runtime, account_id, code) is None for code in (shown[0], fresh[0])] == [True, False]
    browser.get(SECURITY)
    assert "Il vous reste 10 codes de secours sur 10" in browser.text
    assert_page(browser.text)
    assert not set(fresh) & set(re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", browser.text))


def test_tries_of_the_second_step_are_limited_and_a_right_code_waits_too(local: Any) -> None:
    _, sent, application, _ = enrolled(local)
    with time_machine.travel(clock.now(), tick=False):
        browser = local.browser()
        browser.sign_in(sent["login"], local.password)
        statuses = []
        for _attempt in range(7):
            browser.send(SECOND, code="000000")
            statuses.append(browser.status)
        assert statuses == [422] * 6 + [429]
        assert_page(browser.text)
        browser.send(SECOND, code=next_code(application))
        assert browser.status == 429


def test_what_waits_for_its_second_step_is_over_after_ten_minutes(local: Any) -> None:
    _, sent, _, _ = enrolled(local)
    browser = local.browser()
    browser.sign_in(sent["login"], local.password)
    with later(minutes=11):
        assert browser.get(SECOND) == "/compte/connexion"


def test_a_recovered_password_leaves_the_second_factor(local: Any) -> None:
    _, sent, application, _ = enrolled(local)
    browser = local.browser()
    page = "/compte/mot-de-passe-oublie"
    browser.send(page, email=local.person["email"])
    local.harness.run_job("recoveries")
    new = local.issued()[-1]
    assert new["password"] != sent["password"]
    assert browser.sign_in(sent["login"], new["password"]) == SECOND
    assert browser.get("/compte/premiere-connexion/mot-de-passe") == SECOND
    assert browser.send(SECOND, code=next_code(application)) == "/compte/premiere-connexion/mot-de-passe"


def test_what_protects_an_account_is_not_changed_by_a_session_left_open(local: Any) -> None:
    browser, _, application, _ = enrolled(local)
    with later(minutes=11):
        for path in (APPLICATION, APPLICATION + "/retrait", CODES, SECURITY + "/cles-acces"):
            assert browser.get(path) == PROOF
        assert_page(browser.text)
        assert browser.send(PROOF, password=local.password, code="") == PROOF
        assert browser.status == 422
        browser.send(PROOF, password="une girafe qui se trompe", code=next_code(application))
        assert browser.status == 422
        browser.get(CODES)
        fresh = application.at(clock.now() + timedelta(seconds=30))
        with later(seconds=60):
            fresh = application.at(clock.now())
            assert browser.send(PROOF, password=local.password, code=fresh) == CODES


def test_a_short_password_needs_a_second_factor_and_keeps_the_last_one(local: Any) -> None:
    browser, _ = local.activated()
    fields = {"current": local.password, "password": SHORT, "again": SHORT}
    browser.send(SECURITY + "/mot-de-passe", **fields)
    assert (browser.status, "15 caractères" in browser.text) == (422, True)
    add_application(browser)
    assert browser.send(SECURITY + "/mot-de-passe", **fields) == SECURITY
    assert browser.send(APPLICATION + "/retrait") == APPLICATION + "/retrait"
    assert (browser.status, "mot de passe plus long" in browser.text) == (422, True)
    assert_page(browser.text)
    longer = {"current": SHORT, "password": local.password, "again": local.password}
    browser.send(SECURITY + "/mot-de-passe", **longer)
    assert browser.send(APPLICATION + "/retrait") == SECURITY
    assert not local.harness.rows("totp_factor")
    assert not local.harness.rows("recovery_code")
    told = [event.data["kind"] for event in local.harness.published("identity.security_notice.v1")]
    assert {"factor_added", "factor_removed", "recovery_codes_made"} <= set(told)


def test_a_reset_takes_everything_ends_the_sessions_and_a_short_password(local: Any) -> None:
    browser, _, _, _ = enrolled(local)
    account_id = local.harness.rows("account")[0]["id"]
    with local.harness.transaction() as session:
        session.execute(update(Account).values(short_password=True))
    with local.harness.runtime.transaction() as session:
        assert reset_factors(session, account_id)
        assert not reset_factors(session, account_id)
    assert browser.get(SECURITY) == "/compte/connexion"
    assert [local.harness.rows(name) for name in ("totp_factor", "passkey", "recovery_code")] == [[], [], []]
    assert local.harness.rows("account")[0]["password_change_required_at"]


def administrator(world: Any, **registered: Any) -> Issued:
    """Signed in once."""
    sent: Issued = world.activated(**registered)[1]
    access = {"account_id": sent["account_id"], "organisation_id": sent["organisation_id"], "role": "administrator"}
    world.harness.deliver("habilitation.access_changed.v1", {**access, "scopes": [], "active": True, "version": 1})
    return sent


def colleague(world: Any, sent: Issued) -> str:
    """Another user of the organisation, who has not signed in."""
    account_id = str(ids.new_id())
    personal = {"civility": "M.", "last_name": "Kerviel", "first_name": "Yann", "email": "yann@lices.example"}
    data = {"account_id": account_id, "organisation_id": sent["organisation_id"], "caf_code": None}
    world.harness.deliver("habilitation.user_created.v1", data, personal)
    return account_id


@pytest.mark.parametrize("kind", ["legal_person", "natural_person"])
def test_who_is_alone_is_offered_a_second_factor_once_and_declines_it_for_good(world: Any, kind: str) -> None:
    sent = administrator(world, kind=kind)
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"
    browser = world.browser()
    assert browser.sign_in(sent["login"], world.password) == PROTECTION
    assert "Ce n’est pas obligatoire" in browser.text
    assert_page(browser.text)
    assert browser.send(PROTECTION + "/sans", page=PROTECTION) == "/connexion"
    assert "protection.declined" in [row["kind"] for row in world.harness.rows("security_event")]
    for _again in range(3):
        assert world.browser().sign_in(sent["login"], world.password) == "/connexion"


def test_an_offer_left_without_an_answer_is_not_made_again(local: Any) -> None:
    sent = administrator(local)
    assert local.browser().sign_in(sent["login"], local.password) == "/connexion"
    assert local.browser().sign_in(sent["login"], local.password) == PROTECTION
    assert local.browser().sign_in(sent["login"], local.password) == "/connexion"


def test_the_obligation_comes_with_the_second_user_and_goes_with_the_last(world: Any) -> None:
    sent = administrator(world)
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"
    browser = world.browser()
    assert browser.sign_in(sent["login"], world.password) == PROTECTION
    other = colleague(world, sent)
    # Seen as an offer, declined too late.
    assert browser.send(PROTECTION + "/sans", page=PROTECTION) == PROTECTION
    assert "Continuer sans" not in browser.text
    assert world.browser().sign_in(sent["login"], world.password) == PROTECTION
    withdrawn = {"withdrawn_by": sent["account_id"], "withdrawn_at": clock.iso(clock.now())}
    data = {"account_id": other, "organisation_id": sent["organisation_id"], **withdrawn}
    world.harness.deliver("habilitation.user_withdrawn.v1", data)
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"
    again = world.browser()
    again.sign_in(sent["login"], world.password)
    add_application(again)
    # Nobody else is left to answer for: the factor may go.
    assert again.send(APPLICATION + "/retrait") == SECURITY


def test_the_users_of_another_organisation_oblige_nobody(world: Any) -> None:
    sent = administrator(world)
    colleague(world, {**sent, "organisation_id": str(ids.new_id())})
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"
    browser = world.browser()
    browser.sign_in(sent["login"], world.password)
    assert "Ce n’est pas obligatoire" in browser.text


def test_an_administrator_with_a_colleague_signs_in_twice_and_must_then_protect_the_account(world: Any) -> None:
    sent = administrator(world)
    colleague(world, sent)
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"
    browser = world.browser()
    assert browser.sign_in(sent["login"], world.password) == PROTECTION
    assert_page(browser.text)
    assert browser.get(SECURITY) == PROTECTION
    again = world.browser()
    assert again.sign_in(sent["login"], world.password) == PROTECTION
    _, shown = add_application(again)
    assert len(shown) == 10
    assert_page(again.text)
    assert again.get("/compte/connexion") == "/connexion"
    assert browser.get(PROTECTION) == "/connexion"
    assert again.send(APPLICATION + "/retrait") == APPLICATION + "/retrait"
    assert "Votre rôle demande une seconde vérification" in again.text


@pytest.mark.parametrize("path", [APPLICATION, APPLICATION + "/retrait", CODES, PROOF, SECOND, PROTECTION])
def test_nobody_opens_these_pages_without_signing_in(local: Any, path: str) -> None:
    assert local.browser().get(path) == "/compte/connexion"
    # No token of ours, or no such address to send to.
    assert local.browser().client.post(path).status_code in (400, 405)
