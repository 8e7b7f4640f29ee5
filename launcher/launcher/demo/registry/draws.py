"""Numbers, people and addresses drawn at random from a seed, without repeating a number."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from stdnum import luhn

from launcher.demo.registry.names import COMMUNES, FIRST_NAMES, LAST_NAMES, STREETS, Commune

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    civility: str
    last_name: str
    first_name: str


@dataclass
class Draws:
    """All randomness of one file. Files with different seeds share no number, except by chance."""

    seed: int
    caf_code: str
    source: random.Random = field(init=False)
    _given: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.source = random.Random(self.seed)  # noqa: S311 - invented data that can be made again, no secret

    def one(self, choices: Sequence[T]) -> T:
        return self.source.choice(choices)

    def between(self, low: int, high: int) -> int:
        return self.source.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self.source.randrange(100) < percent

    def user_number(self) -> str:
        """The Caf's code and 11 digits."""
        return self._new(lambda: self.caf_code + self._digits(11))

    def siret(self) -> str:
        """A SIREN and an establishment, each with its check digit."""
        return self._new(self._siret)

    def tenant_number(self) -> str:
        """7 digits and a letter."""
        return self._new(lambda: self._digits(7) + self.one("ABCDEFGHJKLMNPRSTUVWXYZ"))

    def token(self) -> str:
        """Makes the e-mail addresses of this file unique."""
        return self._new(lambda: f"{self.source.getrandbits(40):08x}")

    def person(self) -> Person:
        first_name, civility = self.one(FIRST_NAMES)
        return Person(civility, self.one(LAST_NAMES), first_name)

    def commune(self, departement: str) -> Commune:
        return self.one(COMMUNES[departement])

    def street(self) -> str:
        return f"{self.between(1, 240)} {self.one(STREETS)}"

    def _siret(self) -> str:
        siren = self.one("4589") + self._digits(7)
        siren += str(luhn.calc_check_digit(siren))
        establishment = siren + f"{self.between(1, 99):04d}"
        return establishment + str(luhn.calc_check_digit(establishment))

    def _digits(self, count: int) -> str:
        return f"{self.source.randrange(10**count):0{count}d}"

    def _new(self, draw: Callable[[], str]) -> str:
        while (value := draw()) in self._given:
            pass
        self._given.add(value)
        return value
