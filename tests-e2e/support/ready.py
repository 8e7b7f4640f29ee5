"""A campaign of its own with people who have received their credentials, made through the front door."""

from collections.abc import Callable

from chassis import clock
from launcher.demo import registry
from launcher.demo.journey import account, caf
from launcher.demo.journey.context import Journey, Person
from launcher.demo.journey.people import cast
from launcher.demo.registry.years import last_july
from launcher.demo.screen import Told
from launcher.demo.web.site import Site

from support.product import SCREENSHOTS, Product

Play = Callable[[Journey, Person, Told], None]


def silent() -> Told:
    """A step's words, unheard."""
    return Told(lambda _text: None)


def open_campaign(product: Product, *, tenancies: int, seed: int, patience: float = 0.0) -> Journey:
    """A Caf, its registry of so many tenancies of an agency and four others, its campaign open."""
    agent = product.new_agent()
    invented = registry.demonstration(
        seed=seed, caf_code=agent.caf_code, year=last_july(clock.today()), tenancies=tenancies
    )
    site = Site(product.url, patience)
    journey = Journey(site, product.mailbox(), agent, invented, cast(invented), SCREENSHOTS / "receipts")
    for act in (caf.signs_in, caf.hands_over_registry, caf.opens_campaign):
        act(journey, silent())
    return journey


def play(journey: Journey, person: Person, *acts: Play) -> None:
    """Some steps of the demonstration for that person; raises StepFailed at the first that goes wrong."""
    for act in acts:
        act(journey, person, silent())


def signed_in(journey: Journey, person: Person) -> Person:
    """The person with an account of their own and a declaration to make."""
    play(
        journey, person, account.receives_credentials, account.signs_in, account.is_administrator, account.sees_tenants
    )
    return person
