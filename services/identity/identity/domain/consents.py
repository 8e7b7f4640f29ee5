"""The two texts to accept, in numbered versions: everybody must accept a new version at the next sign-in."""

from collections.abc import Mapping, Set
from datetime import date
from typing import NamedTuple

from identity.domain.first_sign_in import Step


class Text(NamedTuple):
    version: int
    published_on: date
    title: str


# To publish a new version: add a line here and its page under templates/compte/textes/<step>_v<n>.html. From that day
# (Europe/Paris) everybody must accept it at the next sign-in, before anything else; earlier consents are kept.
TEXTS: dict[Step, tuple[Text, ...]] = {
    Step.USAGE_RULES: (Text(1, date(2026, 11, 1), "Règles d’usage"),),
    Step.TERMS: (Text(1, date(2026, 11, 1), "Conditions d’utilisation"),),
}


def current(step: Step, day: date) -> Text:
    """The latest version published on or before the day, else the first."""
    first, *later = TEXTS[step]
    return next((text for text in reversed(later) if text.published_on <= day), first)


def consented_steps(accepted: Mapping[Step, int], day: date) -> Set[Step]:
    """The consent steps to skip; `accepted` gives the highest accepted version per step."""
    return frozenset(step for step in TEXTS if accepted.get(step, 0) >= current(step, day).version)
