"""The order of the steps, and the outcome of a run."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from chassis import clock

from launcher.demo import registry
from launcher.demo.credentials import Credentials
from launcher.demo.failures import StepFailed
from launcher.demo.journey import account, caf, declaring, receipt
from launcher.demo.journey.context import Journey, Person
from launcher.demo.journey.people import cast
from launcher.demo.mailbox import Mailbox
from launcher.demo.registry.years import last_july
from launcher.demo.screen import Screen, Told
from launcher.demo.web.site import Site


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the journey: its French title and its function."""

    title: str
    act: Callable[[Told], None]


Section = tuple[str, list[Step]]
BeforeStep = Callable[[str], None]

LANDLORD_STEPS: tuple[tuple[str, Callable[[Journey, Person, Told], None]], ...] = (
    ("Identifiant et mot de passe provisoire arrivent séparément", account.receives_credentials),
    ("Première connexion, étape par étape", account.signs_in),
    ("Le mot de passe provisoire ne sert pas deux fois", account.cannot_reuse_password),
    ("La première personne connectée est l’administrateur", account.is_administrator),
    ("La liste des locataires, avec l’état de chacun", account.sees_tenants),
    ("Informations vérifiées, situation confirmée", declaring.verifies),
    ("Loyer de juillet saisi, hors charges", declaring.gives_rent),
    ("Synthèse confirmée, déclaration transmise", declaring.transmits),
    ("Récapitulatif PDF enregistré", receipt.keeps_recap),
    ("Référence vérifiable par tous", receipt.checks_reference),
    ("Accusé de réception", receipt.receives_receipt),
)


def sections(journey: Journey) -> Iterator[Section]:
    """All steps, in order."""
    yield (
        "La Caf prépare la campagne",
        [
            Step("L’agent se connecte pour la première fois", partial(caf.signs_in, journey)),
            Step("Le registre de la Caf est importé", partial(caf.hands_over_registry, journey)),
            Step(f"La campagne {journey.year} est ouverte", partial(caf.opens_campaign, journey)),
        ],
    )
    for person in journey.people:
        steps = [Step(title, partial(act, journey, person)) for title, act in LANDLORD_STEPS]
        yield f"{person.landlord.name} ({person.label})", steps
    yield (
        "Chacun chez soi, et la Caf au courant",
        [
            Step("Les déclarations des autres n’existent pas", partial(receipt.cannot_see_others, journey)),
            Step("L’agent suit l’avancement", partial(caf.follows, journey)),
            Step("L’agent protège son compte par une application", partial(caf.protects_account, journey)),
        ],
    )


def run(
    url: str,
    mailbox: Mailbox,
    agent: Credentials,
    output_dir: Path,
    *,
    screen: Screen | None = None,
    patience: float = 0.0,
    before_step: BeforeStep = lambda _title: None,
    seed: int | None = None,
) -> int:
    """Returns 0 when every step succeeds, else 1 after showing the failed step, what was expected and what happened.

    `agent` has never signed in, and their Caf has no campaign this year yet. `patience`: for how many seconds requests
    are retried when nothing answers. `before_step` is called with each title before its step.
    """
    screen, year = screen or Screen(), last_july(clock.today())
    invented = registry.demonstration(seed=seed or fresh_seed(), caf_code=agent.caf_code, year=year)
    with closing(Site(url.rstrip("/"), patience)) as site:
        journey = Journey(site, mailbox, agent, invented, cast(invented), output_dir)
        return _play(journey, screen, before_step)


def fresh_seed() -> int:
    """The seed of a registry whose numbers no earlier run has used."""
    return int(clock.now().timestamp() * 1_000_000)


def _play(journey: Journey, screen: Screen, before_step: BeforeStep) -> int:
    try:
        for title, steps in sections(journey):
            screen.section(title)
            for step in steps:
                before_step(step.title)
                with screen.step(step.title) as told:
                    _act(step, told)
    except StepFailed:
        return 1
    screen.console.print(f"\n[green]Toute la démarche a abouti[/] : {screen.count} étapes.")
    return 0


def _act(step: Step, told: Told) -> None:
    try:
        step.act(told)
    except httpx.TransportError as error:
        raise StepFailed("une réponse du serveur", f"{type(error).__name__} : {error}") from error
