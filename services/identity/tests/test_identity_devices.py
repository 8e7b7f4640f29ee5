"""Devices that an account knows: nobody's guesses elsewhere keep its holder out. What must not happen comes first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock, sealing
from identity.domain import guessing
from identity.domain.throttle import PER_LOGIN_IN_ALL
from identity.journal.client_address import Origin
from identity.models import Throttle
from identity.sign_in.password_login import sign_in
from identity_applications import enrolled
from sqlalchemy import update
from webui.testing import assert_page

SECURITY, LINK = "/compte/securite", "/compte/connexion/lien"
SECOND = "/compte/connexion/seconde-verification"
WRONG = "une girafe qui se trompe"


def later(**delta: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**delta), tick=False)


def known(world: Any, browser: Any, address: str = "192.0.2.1") -> Any:
    """The holder's own device, signed out, later on another network."""
    browser.get(SECURITY)
    browser.send("/compte/deconnexion")
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def guess(world: Any, login: str, times: int, address: str = "198.51.100.7") -> list[int]:
    browser, statuses = world.browser(address), []
    for _ in range(times):
        browser.sign_in(login, WRONG)
        statuses.append(browser.status)
    return statuses


def failed(world: Any, times: int) -> None:
    with world.harness.transaction() as session:
        session.execute(update(Throttle).values(failures=times))


def links(world: Any) -> list[str]:
    settings = world.harness.runtime.settings
    notification = type(settings)(**{**vars(settings), "service": "notification"})
    return [
        sealing.open_sealed(notification, event.data["sealed"])["link"].partition("://")[2].partition("/")[2]
        for event in world.harness.published("identity.sign_in_link_asked.v1")
    ]


def test_what_is_counted_and_what_is_not() -> None:
    stranger = guessing.of_password("A", "192.0.2.0/24", None, guessable=True, alarmed=False)
    elsewhere = guessing.of_password("A", "198.51.100.0/24", None, guessable=True, alarmed=False)
    assert stranger.own != elsewhere.own
    assert stranger.in_all == elsewhere.in_all
    device = guessing.of_password("A", "192.0.2.0/24", "d", guessable=True, alarmed=True)
    assert (device.shared, device.in_all) == (None, None)
    assert device.own.policy.free == stranger.own.policy.free
    # What a recovery sends passes where guesses do not.
    assert guessing.of_password("A", "192.0.2.0/24", None, guessable=False, alarmed=False).in_all is None


def test_a_patient_guesser_keeps_out_neither_the_holder_s_device_nor_another_network(world: Any) -> None:
    browser, sent = world.activated()
    mine = known(world, browser, "198.51.100.200")
    with time_machine.travel(clock.now(), tick=False) as hand:
        for _turn in range(8):
            guess(world, sent["login"], 1)
            hand.shift(timedelta(seconds=0.3))
            # Another network, without a cookie.
            assert world.browser("203.0.113.9").sign_in(sent["login"], world.password) == "/connexion"
        assert guess(world, sent["login"], 1) == [429]
        # The guesser's own network.
        assert mine.sign_in(sent["login"], world.password) == "/connexion"


def test_beyond_a_hundred_failures_a_device_must_be_known_and_a_link_makes_it_so(world: Any) -> None:
    browser, sent = world.activated()
    mine = known(world, browser, "198.51.100.200")
    with time_machine.travel(clock.now(), tick=False):
        guess(world, sent["login"], 1)
        failed(world, 100)
        stranger = world.browser("203.0.113.9")
        stranger.sign_in(sent["login"], world.password)
        assert stranger.status == 429
        assert LINK in stranger.text
        assert_page(stranger.text)
        # Known devices pass.
        assert mine.sign_in(sent["login"], world.password) == "/connexion"
        stranger.get(LINK)
        assert_page(stranger.text)
        stranger.send(LINK, login=sent["login"].lower())
        assert_page(stranger.text)
        world.harness.run_job("recoveries")
        [link] = links(world)
        assert link not in str(world.harness.rows("outbox"))
        stranger.get(f"/{link}")
        assert_page(stranger.text)
        assert "Continuer sur cet appareil" in stranger.text
        token = link.partition("=")[2]
        assert stranger.send(LINK + "/ouvrir", token=token) == "/compte/connexion"
        assert stranger.sign_in(sent["login"], world.password) == "/connexion"


def test_the_hundredth_failure_in_a_row_closes_the_account_to_devices_it_does_not_know_for_a_day(local: Any) -> None:
    _, sent = local.activated()
    assert PER_LOGIN_IN_ALL.free == 99
    with time_machine.travel(clock.now(), tick=False):
        for network in range(4):
            guess(local, sent["login"], 1, f"203.0.{network}.1")
        with local.harness.transaction() as session:
            session.execute(update(Throttle).where(Throttle.failures == 4).values(failures=99))
        assert guess(local, sent["login"], 2, "203.0.9.1") == [422, 429]
    with later(hours=24, seconds=1):
        assert local.browser("203.0.9.1").sign_in(sent["login"], local.password) == "/connexion"


def test_what_a_recovery_sends_lets_in_a_device_that_the_account_does_not_know(local: Any) -> None:
    _, sent = local.activated()
    with time_machine.travel(clock.now(), tick=False):
        guess(local, sent["login"], 1)
        failed(local, 100)
        local.browser("203.0.113.1").send("/compte/mot-de-passe-oublie", email=local.person["email"])
        local.harness.run_job("recoveries")
        browser = local.browser("203.0.113.9")
        new = local.issued()[-1]["password"]
        assert browser.sign_in(sent["login"], new) == "/compte/premiere-connexion/mot-de-passe"


def test_a_login_that_does_not_exist_is_closed_likewise_and_its_link_gets_the_same_answer(local: Any) -> None:
    _, sent = local.activated()
    shown = []
    with time_machine.travel(clock.now(), tick=False):
        for login in (sent["login"], "AAAA-AAAA"):
            guess(local, login, 1)
        failed(local, 100)
        for login in (sent["login"], "AAAA-AAAA"):
            browser = local.browser("203.0.113.9")
            browser.sign_in(login, WRONG)
            pages = [browser.text]
            browser.send(LINK, login=login)
            pages.append(browser.text)
            shown.append([_plain(text, login) for text in pages])
    assert shown[0] == shown[1]
    local.harness.run_job("recoveries")
    assert len(links(local)) == 1


def test_a_cookie_is_void_for_another_account_once_forged_or_when_the_password_changes(local: Any) -> None:
    browser, sent = local.activated()
    other = local.browser()
    other.sign_in(sent["login"], local.password)
    fields = {"current": local.password, "password": "lanterne brouette galaxie moutarde"}
    mine = known(local, browser)
    [name] = [one.key for one in mine.client._cookies.values() if one.key.startswith("appareil-")]
    cookie = mine.client.get_cookie(name)
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    other.send(SECURITY + "/mot-de-passe", again=fields["password"], **fields)
    with time_machine.travel(clock.now(), tick=False):
        guess(local, sent["login"], 1)
        failed(local, 100)
        mine.sign_in(sent["login"], fields["password"])
        assert mine.status == 429
        mine.client.set_cookie(name, cookie.value[:-4] + "AAAA")
        mine.sign_in(sent["login"], fields["password"])
        assert mine.status == 429
        # The one that changed it knows no other password than its own.
        other.get(SECURITY)
        other.send("/compte/deconnexion")
        assert other.sign_in(sent["login"], fields["password"]) == "/connexion"


def test_a_stolen_device_guesses_no_faster_than_another(local: Any) -> None:
    browser, sent = local.activated()
    thief = known(local, browser)
    with time_machine.travel(clock.now(), tick=False):
        statuses = []
        for _ in range(8):
            thief.sign_in(sent["login"], WRONG)
            statuses.append(thief.status)
    assert statuses == [422] * 6 + [429] * 2


def test_a_thief_of_the_password_keeps_the_holder_out_of_no_second_step(local: Any) -> None:
    holder, sent, application, _ = enrolled(local)
    mine = known(local, holder)
    with time_machine.travel(clock.now(), tick=False):
        thief = local.browser("198.51.100.7")
        thief.sign_in(sent["login"], local.password)
        for _ in range(8):
            thief.send(SECOND, code="000000")
        assert thief.status == 429
        failed(local, 12)
    with later(seconds=31):
        assert mine.sign_in(sent["login"], local.password) == SECOND
        assert mine.send(SECOND, code=application.at(clock.now())) == "/connexion"


def test_guesses_in_a_stolen_session_make_the_holder_s_own_wait_for_nothing(local: Any) -> None:
    holder, sent = local.activated()
    thief = local.browser("198.51.100.7")
    thief.sign_in(sent["login"], local.password)
    other = "lanterne brouette galaxie moutarde"
    fields = {"password": other, "again": other}
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(8):
            thief.send(SECURITY + "/mot-de-passe", current=WRONG, **fields)
        assert thief.status == 429
        assert holder.send(SECURITY + "/mot-de-passe", current=local.password, **fields) == SECURITY


@pytest.mark.parametrize("networks", [1, 25])
def test_twenty_five_right_provisional_passwords_at_once_void_nothing(world: Any, networks: int) -> None:
    world.register()
    sent, runtime = world.issued()[0], world.harness.runtime

    def enter(number: int) -> str:
        return str(sign_in(runtime, sent["login"], sent["password"], Origin(f"198.51.{number % networks}.1")).step)

    with ThreadPoolExecutor(25) as pool:
        outcomes = list(pool.map(enter, range(25)))
    assert outcomes == ["information"] * 25
    assert len([row for row in world.harness.rows("sign_in_session") if not row["ended_at"]]) == 1
    assert [row["tries"] for row in world.harness.rows("credential")] == [0]
    assert not [row for row in world.harness.rows("throttle") if row["failures"]]
    assert world.browser("198.51.0.1").sign_in(sent["login"], sent["password"]).endswith("/informations")


def _plain(text: str, login: str) -> str:
    return "\n".join(line for line in text.replace(login, "").splitlines() if "csrf_token" not in line)
