"""Twenty who do the same thing at the same instant, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine
from chassis import clock, ids
from chassis.events import Event
from chassis.problems import TooManyRequests
from chassis.testing import contracts
from identity.consumed_types import LandlordRegisteredData, LandlordRegisteredPersonal
from identity.consumes import landlord_registered
from identity.domain.first_sign_in import OutOfOrder, Step
from identity.journal.client_address import Origin
from identity.sign_in.password_login import Refused, sign_in
from identity.sign_in.steps import Information, accept_text, choose_password, give_information, postpone_email

PERSON = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "nolwenn@lices.example"}
SIRET = "73282932000074"


def together(act: Any, times: int = 12) -> list[Any]:
    def tried(number: int) -> Any:
        try:
            return act(number)
        except OutOfOrder as refused:
            return refused

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(tried, range(times)))


def at_password_step(world: Any) -> UUID:
    world.register()
    sent = world.issued()[0]
    opened = sign_in(world.harness.runtime, sent["login"], sent["password"], Origin("192.0.2.1"))
    give_information(world.harness.runtime, opened.id, Information(**PERSON))
    return opened.id


def test_a_provisional_password_serves_once_however_many_use_it_together(world: Any) -> None:
    session_id, runtime = at_password_step(world), world.harness.runtime
    answers = together(lambda number: choose_password(runtime, session_id, f"girafe violon comète numéro {number}"))
    assert [answer for answer in answers if answer is Step.USAGE_RULES] == [Step.USAGE_RULES]
    assert len({row["used_at"] for row in world.harness.rows("credential")}) == 1


def test_an_account_is_activated_once_however_often_the_last_button_is_pressed(world: Any) -> None:
    session_id, runtime = at_password_step(world), world.harness.runtime
    choose_password(runtime, session_id, world.password)
    login = world.issued()[0]["login"]
    second = sign_in(runtime, login, world.password, Origin("192.0.2.1")).id
    for opened in (session_id, second):
        accept_text(runtime, opened, Step.USAGE_RULES, 1)
    for opened in (session_id, second):
        accept_text(runtime, opened, Step.TERMS, 1)
    answers = together(lambda number: postpone_email(runtime, (session_id, second)[number % 2]))
    assert [answer for answer in answers if answer is Step.DONE] == [Step.DONE, Step.DONE]
    assert len(world.harness.published("identity.account_activated.v1")) == 1
    assert len(world.harness.rows("consent")) == 2


def test_a_legal_person_registered_by_several_cafs_at_once_gets_one_account(world: Any) -> None:
    def register(number: int) -> None:
        user_number = f"{300 + number}00007090001"
        data: LandlordRegisteredData = {
            "landlord_id": str(ids.new_id()),
            "organisation_id": str(ids.organisation_id(siret=SIRET)),
            "caf_code": user_number[:3],
            "user_number": user_number,
            "kind": "legal_person",
            "siret": SIRET,
            "version": 1,
        }
        person: LandlordRegisteredPersonal = {
            "name": "REGIE DES LICES",
            "civility": None,
            "last_name": None,
            "first_name": None,
            "email": "gestion@lices.example",
            "address": ["12 PLACE DES LICES"],
        }
        event = Event(
            type="registry.landlord_registered.v1", subject="x", source="declaration", data=data, personal=person
        )
        assert contracts.faults(event) == []
        with world.harness.runtime.transaction() as session:
            landlord_registered(session, event)

    together(register)
    assert len(world.harness.rows("account")) == 1
    assert len(world.issued()) == 1
    assert len(world.harness.rows("user_number")) == 12


def test_guesses_sent_together_cannot_all_slip_past_the_limit(world: Any) -> None:
    _, sent = world.activated()

    def guess(number: int) -> int:
        browser = world.browser(f"198.51.100.{number}")
        browser.sign_in(sent["login"], "une girafe qui se trompe")
        return int(browser.status)

    with time_machine.travel(clock.now(), tick=False):
        statuses = together(guess, 20)
    # Of one network five are free, the sixth is looked at and makes the others wait.
    assert (statuses.count(422), statuses.count(429)) == (6, 14)


def counted(world: Any) -> dict[str, int]:
    """The failures that are remembered, by subject."""
    return {row["subject"]: row["failures"] for row in world.harness.rows("throttle")}


def test_twenty_five_right_passwords_sent_together_all_enter_and_none_counts(world: Any) -> None:
    """From a device that the account does not know, after three mistakes there: the first ones under way would have
    the others refused. What is left counts for the network alone."""
    _, sent = world.activated()
    stranger = world.browser("203.0.113.9")
    for _ in range(3):
        stranger.sign_in(sent["login"], "une girafe qui se trompe")
    runtime, origin, before = world.harness.runtime, Origin("203.0.113.9"), counted(world)
    opened = together(lambda _: sign_in(runtime, sent["login"], world.password, origin).step, 25)
    assert opened == [Step.DONE] * 25
    after = counted(world)
    assert sum(before.values()) - sum(after.values()) == 6
    assert all(failures <= before[subject] for subject, failures in after.items())


def test_guesses_sent_together_wait_for_each_other_and_then_are_refused(world: Any) -> None:
    _, sent = world.activated()
    runtime, origin = world.harness.runtime, Origin("203.0.113.9")

    def tried(number: int) -> str:
        try:
            return sign_in(runtime, sent["login"], "une girafe qui se trompe", origin).step
        except (Refused, TooManyRequests) as refused:
            return type(refused).__name__

    with time_machine.travel(clock.now(), tick=False):
        told = together(tried, 20)
        assert (told.count("Refused"), told.count("TooManyRequests")) == (6, 14)
        assert tried(0) == "TooManyRequests"
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert sign_in(runtime, sent["login"], world.password, origin).step is Step.DONE
