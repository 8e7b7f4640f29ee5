"""Every process is killed while people work: they end what they began, nothing is lost, nothing happens twice."""

import io
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from launcher.demo import journey as demonstration
from launcher.demo.journey.context import Journey
from launcher.demo.screen import Screen
from rich.console import Console
from support import crowd
from support.effects import counted, dead, settle
from support.killing import Killer
from support.product import Product
from support.ready import signed_in
from support.stack import SERVICES, WORKERS, Stack

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]
# All that runs but the mail catcher, which stands for the world outside.
EVERYTHING = ("envoy", "portal", *SERVICES, *WORKERS, "rabbitmq", "postgres")
# An e-mail whose sender was killed leaves again after three minutes.
PATIENCE = 240.0
REFERENCE = re.compile(r"R\d\d(?:-[0-9A-Z]{4}){4}")


@pytest.fixture
def killer(stack: Stack) -> Callable[..., Killer]:
    def make(*services: str) -> Killer:
        return Killer(stack, services)

    return make


def test_a_journey_ends_although_each_container_is_killed_in_turn(
    product: Product, stack: Stack, killer: Callable[..., Killer], tmp_path: Path
) -> None:
    agent, shown, order = product.new_agent(), io.StringIO(), list(EVERYTHING)
    secrets.SystemRandom().shuffle(order)
    striking, steps = killer(*order), []

    def before(title: str) -> None:
        steps.append(title)
        if len(steps) % 2 == 0:
            striking.strike()

    code = demonstration.run(
        product.url,
        product.mailbox(),
        agent,
        tmp_path,
        screen=Screen(Console(file=shown, width=200, highlight=False)),
        patience=PATIENCE,
        before_step=before,
    )
    striking.recover()
    assert code == 0, f"killed so far: {striking.killed}\n{shown.getvalue()}"
    assert sorted(striking.killed) == sorted(EVERYTHING)
    settle(stack)
    assert dead(stack) == {}
    assert counted(stack, agent.caf_code) == {
        "landlords": 4,
        "transmissions": 3,
        "receipts known": 3,
        "accounts": 4,
        "credentials": 4,
        "organisations": 4,
        "administrators": 3,
        "documents": 3,
        # Login, password and July's letter for four, a receipt for three, two notices to the agent: an application was
        # added, and codes for when it is lost; to four who signed in first, the code of their address.
        "messages": 21,
    }


def test_what_was_accepted_while_containers_were_killed_took_effect_once(
    product: Product, stack: Stack, killer: Callable[..., Killer], new_campaign: Callable[..., Journey]
) -> None:
    journey = new_campaign(tenancies=60, patience=PATIENCE)
    agency, registry = signed_in(journey, journey.people[0]), journey.registry
    settle(stack)
    before = counted(stack, registry.caf_code)
    striking = killer(*("declaration", "documents-worker", "rabbitmq", "notification-worker", "postgres", *WORKERS))
    accepted = crowd.declare_all(journey, agency, people=4, every_so_often=striking.strike)
    striking.recover()
    due = registry.due_from(agency.landlord)
    assert len(accepted) == due
    assert len(set(accepted)) == due
    settle(stack)
    assert dead(stack) == {}
    after = counted(stack, registry.caf_code)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {"transmissions": due, "receipts known": due, "documents": due, "messages": due}
    told = [found[0] for mail in journey.mailbox.mails(agency.email) if (found := REFERENCE.search(mail.subject))]
    assert sorted(told) == sorted(accepted)
