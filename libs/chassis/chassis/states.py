"""State machines as tables: (state, trigger) → target, with the guard that must hold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from chassis.problems import Conflict

# None as a source is before the first state.
Source = TypeVar("Source", bound=StrEnum | None)
Target = TypeVar("Target", bound=StrEnum)
Trigger = TypeVar("Trigger", bound=StrEnum)
Facts = TypeVar("Facts")


class TransitionRefused(Conflict, status=HTTPStatus.CONFLICT, code=Conflict.code):
    """The trigger is not possible in this state, or its guard does not hold; the detail is a French sentence."""

    def __init__(self, state: StrEnum | None, trigger: StrEnum | None = None, detail: str = "") -> None:
        self.state, self.trigger = state, trigger
        super().__init__(detail)


@dataclass(frozen=True)
class Guard(Generic[Facts]):
    """A condition on the facts, and the sentence shown when it fails."""

    name: str
    holds: Callable[[Facts], bool]
    refusal: str


@dataclass(frozen=True)
class Transition(Generic[Target, Facts]):
    """`choose` picks one of several targets from the facts."""

    targets: tuple[Target, ...]
    guard: Guard[Facts] | None = None
    choose: Callable[[Facts], Target] | None = None


@dataclass(frozen=True)
class Table(Generic[Source, Trigger, Target]):
    """`rows`: (state, trigger) → target, or a Transition. `refusal`: the sentence when there is no such row."""

    rows: Mapping[tuple[Source, Trigger], Target | Transition[Target, Any]]
    refusal: Callable[[Source, Trigger], str]
    error: type[TransitionRefused] = TransitionRefused

    def __iter__(self) -> Iterator[tuple[Source, Trigger, Transition[Target, Any]]]:
        for (source, trigger), to in self.rows.items():
            yield source, trigger, to if isinstance(to, Transition) else Transition((to,))

    def advance(self, state: Source, trigger: Trigger, facts: Any = None) -> Target:
        """The state after the trigger. Raises `error`; the caller must then write nothing."""
        to = self.rows.get((state, trigger))
        if to is None:
            raise self.error(state, trigger, self.refusal(state, trigger))
        if not isinstance(to, Transition):
            return to
        if to.guard is not None and not to.guard.holds(facts):
            raise self.error(state, trigger, to.guard.refusal)
        return to.choose(facts) if to.choose else to.targets[0]

    def allowed(self, state: Source, facts: Any) -> list[Trigger]:
        """The triggers possible now, in the table's order."""
        return [each for source, each, to in self if source is state and (not to.guard or to.guard.holds(facts))]

    def sources(self, trigger: Trigger) -> dict[Source, Target]:
        """The states that the trigger is possible in, each with its target."""
        return {source: to.targets[0] for source, each, to in self if each is trigger}

    def final(self, states: type[Target]) -> frozenset[Target]:
        """The states without a way out."""
        return frozenset(states).difference(source for source, _, _ in self)
