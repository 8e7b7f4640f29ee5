"""Passkeys against a key in software that can lie. What must not happen comes first."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from identity.factors.webauthn import BadAnswer, Party, check_new_key, read_answer, user_handle
from identity_authenticator import SoftKey
from identity_events import Issued
from webui.testing import assert_page

KEYS = "/compte/securite/cles-acces"
SIGN_IN = "/compte/connexion/cle-acces"
SECOND = "/compte/connexion/seconde-verification"
SECURITY = "/compte/securite"


def token(browser: Any, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.client.get(page).text)
    assert found is not None
    return found[1]


def asked(browser: Any, page: str, address: str) -> dict[str, Any]:
    """The options that the page's script would get."""
    answer = browser.client.post(address, headers={"X-CSRFToken": token(browser, page)})
    assert answer.status_code == 200, answer.text
    return dict(json.loads(answer.text))


def add_key(browser: Any, key: SoftKey, name: str = "téléphone") -> dict[str, Any]:
    options = asked(browser, KEYS, KEYS + "/demande")
    browser.send(KEYS, credential=key.register(options), name=name)
    return options


def send(browser: Any, page: str, address: str, credential: str) -> str:
    answer = browser.client.post(address, data={"csrf_token": token(browser, page), "credential": credential})
    browser.status, browser.text = answer.status_code, answer.text
    return str(answer.location or "")


def enter(browser: Any, key: SoftKey, **changes: Any) -> str:
    """Without a name nor a password."""
    page = "/compte/connexion"
    return send(browser, page, SIGN_IN, key.sign(asked(browser, page, SIGN_IN + "/demande"), **changes))


def with_key(world: Any) -> tuple[Any, Issued, SoftKey]:
    browser, sent = world.activated()
    key = SoftKey()
    add_key(browser, key)
    return browser, sent, key


def refused(browser: Any) -> bool:
    return bool(browser.status == 422 and "n’a pas pu être vérifiée" in browser.text)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://bailleurs.example.evil"},
        {"challenge": "AAAA"},
        {"type": "webauthn.create"},
    ],
)
def test_an_answer_for_another_site_another_challenge_or_another_ceremony_lets_nobody_in(
    local: Any, lie: dict[str, Any]
) -> None:
    _, _, key = with_key(local)
    thief = local.browser()
    assert enter(thief, key, **lie) == ""
    assert refused(thief)
    assert_page(thief.text)
    assert thief.get(SECURITY) == "/compte/connexion"


@pytest.mark.parametrize("lie", [{"verified": False}, {"rp_id": "bailleurs.example"}])
def test_a_key_that_did_not_check_its_holder_or_belongs_to_another_site_lets_nobody_in(
    local: Any, lie: dict[str, Any]
) -> None:
    _, _, key = with_key(local)
    vars(key).update(lie)
    thief = local.browser()
    enter(thief, key)
    assert refused(thief)


def test_a_key_that_is_registered_without_checking_its_holder_or_for_another_site_is_refused(local: Any) -> None:
    browser, _ = local.activated()
    for key in (SoftKey(verified=False), SoftKey(origin="https://evil.example"), SoftKey(rp_id="evil.example")):
        add_key(browser, key)
        assert refused(browser)
    assert not local.harness.rows("passkey")


def test_an_answer_sent_again_lets_nobody_in(world: Any) -> None:
    _, _, key = with_key(world)
    first, second = world.browser(), world.browser()
    answer = key.sign(asked(first, "/compte/connexion", SIGN_IN + "/demande"))
    assert send(first, "/compte/connexion", SIGN_IN, answer) == "/connexion"
    send(second, "/compte/connexion", SIGN_IN, answer)
    assert refused(second)
    asked(second, "/compte/connexion", SIGN_IN + "/demande")
    send(second, "/compte/connexion", SIGN_IN, answer)
    assert refused(second)


def test_a_counter_that_goes_back_means_a_copy_and_is_journalled(local: Any) -> None:
    _, _, key = with_key(local)
    assert enter(local.browser(), key) == "/connexion"
    key.count = 0
    copy = local.browser()
    enter(copy, key)
    assert refused(copy)
    last = local.harness.rows("security_event")[-1]
    assert (last["kind"], "counter" in str(last["details"])) == ("second_factor.refused", True)


def test_a_wrong_answer_uses_the_challenge_up_and_an_old_one_is_over(local: Any) -> None:
    _, _, key = with_key(local)
    browser = local.browser()
    options = asked(browser, "/compte/connexion", SIGN_IN + "/demande")
    send(browser, "/compte/connexion", SIGN_IN, "{}")
    send(browser, "/compte/connexion", SIGN_IN, key.sign(options))
    assert refused(browser)
    options = asked(browser, "/compte/connexion", SIGN_IN + "/demande")
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        send(browser, "/compte/connexion", SIGN_IN, key.sign(options))
    assert refused(browser)


def test_another_persons_key_is_no_second_factor_and_cannot_say_it_is_theirs(local: Any) -> None:
    victim, sent, key = with_key(local)
    local.register("35900007090002", kind="natural_person", siret=None, email="autre@lices.example")
    other_sent = local.issued()[-1]
    other = local.browser()
    other.sign_in(other_sent["login"], other_sent["password"])
    other.complete(email="autre@lices.example")
    theirs = SoftKey()
    add_key(other, theirs)
    browser = local.browser()
    assert browser.sign_in(sent["login"], local.password) == SECOND
    options = asked(browser, SECOND, SECOND + "/cle-acces/demande")
    assert len(options["allowCredentials"]) == 1
    send(browser, SECOND, SECOND + "/cle-acces", theirs.sign(options))
    assert refused(browser)
    theirs.handle = key.handle
    thief = local.browser()
    enter(thief, theirs)
    assert refused(thief)
    mine = local.harness.rows("passkey")[-1]["id"]
    assert other.get(f"{KEYS}/{mine}/retrait") == f"{KEYS}/{mine}/retrait"
    assert {other.status, victim.client.get(f"{KEYS}/{mine}/retrait").status_code} == {200, 404}


def test_the_same_key_is_not_registered_twice(local: Any) -> None:
    browser, _, key = with_key(local)
    options = add_key(browser, key, "encore")
    assert len(options["excludeCredentials"]) == 1
    assert (browser.status, "déjà enregistrée" in browser.text) == (422, True)
    assert len(local.harness.rows("passkey")) == 1


def test_a_passkey_signs_in_alone_even_while_the_password_waits(world: Any) -> None:
    _, sent, key = with_key(world)
    locked_out = world.browser()
    for _attempt in range(8):
        locked_out.sign_in(sent["login"], "une girafe qui se trompe")
    assert locked_out.status == 429
    assert enter(locked_out, key) == "/connexion"
    locked_out.get(SECURITY)
    assert "téléphone" in locked_out.text
    assert_page(locked_out.text)
    amr = world.harness.rows("sign_in_session")[-1]["amr"]
    assert (json.loads(amr) if isinstance(amr, str) else amr) == ["pop", "user", "mfa"]
    assert world.harness.rows("security_event")[-1]["kind"] == "sign_in.passkey_accepted"


def test_a_passkey_is_a_second_factor_too_and_proves_again_who_one_is(local: Any) -> None:
    _, sent, key = with_key(local)
    browser = local.browser()
    browser.sign_in(sent["login"], local.password)
    assert_page(browser.text)
    options = asked(browser, SECOND, SECOND + "/cle-acces/demande")
    assert send(browser, SECOND, SECOND + "/cle-acces", key.sign(options)) == "/connexion"
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        proof = SECURITY + "/verification"
        assert browser.get(KEYS) == proof
        options = asked(browser, proof, proof + "/cle-acces/demande")
        assert send(browser, proof, proof + "/cle-acces", key.sign(options)) == KEYS


def test_keys_are_named_and_removed_one_by_one(local: Any) -> None:
    browser, _, _ = with_key(local)
    add_key(browser, SoftKey(), "ordinateur du bureau")
    assert "Il vous reste 10 codes" in browser.text
    first, second = (row["id"] for row in local.harness.rows("passkey"))
    browser.get(f"{KEYS}/{first}/retrait")
    assert_page(browser.text)
    assert browser.send(f"{KEYS}/{first}/retrait") == SECURITY
    assert [row["id"] for row in local.harness.rows("passkey")] == [second]
    assert browser.get(f"{KEYS}/{first}/retrait") == f"{KEYS}/{first}/retrait"
    assert browser.status == 404


def test_options_ask_for_a_key_that_the_device_keeps_and_unlocks(local: Any) -> None:
    browser, _ = local.activated()
    browser.get(KEYS)
    assert_page(browser.text)
    options = asked(browser, KEYS, KEYS + "/demande")
    assert options["rp"] == {"name": "Mon Compte Partenaire", "id": "localhost"}
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"], options["attestation"]) == (
        "required",
        "required",
        "none",
    )
    assert asked(local.browser(), "/compte/connexion", SIGN_IN + "/demande")["userVerification"] == "required"


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["id", "rawId", "response", "type"]), inner)
            ),
            max_leaves=20,
        ).map(json.dumps),
        st.just("[" * 5000),
    )
)
def test_whatever_a_browser_sends_is_an_answer_or_a_refusal_never_a_failure(text: str) -> None:
    try:
        answer = read_answer(text)
    except BadAnswer:
        return
    user_handle(answer)
    with pytest.raises(BadAnswer):
        check_new_key(Party("localhost", "http://localhost:8080"), answer, b"x" * 32)
