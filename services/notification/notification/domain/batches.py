"""Which letters are printed together. A login and a password never meet in a batch, an envelope or an hour of
printing (guide : « dans 2 courriers distincts »), whatever the day or the settings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from notification.domain.calendar import last_cutoff, printing_hour

HOUR = timedelta(hours=1)


class Series(StrEnum):
    """What a batch holds; a batch has one series, so a password is only ever next to other people's passwords."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"


SERIES_LABELS = {Series.ORDINARY: "Courriers ordinaires", Series.CONFIDENTIAL: "Mots de passe provisoires"}

SERIES_OF_TEMPLATE = {
    "login": Series.ORDINARY,
    "july": Series.ORDINARY,
    "receipt": Series.ORDINARY,
    "provisional_password": Series.CONFIDENTIAL,
}


class HoursTooCloseError(ValueError):
    """The cut-offs of the two series would let a login and a password be printed in the same hour."""


@dataclass(frozen=True)
class Cutoffs:
    """Hours on a clock in Paris. Raises HoursTooCloseError unless they are more than an hour apart, both ways
    round midnight."""

    ordinary: time = time(10, 0)
    password: time = time(15, 0)

    def __post_init__(self) -> None:
        apart = abs(_minutes(self.ordinary) - _minutes(self.password))
        if min(apart, 24 * 60 - apart) <= 60:
            raise HoursTooCloseError(
                "ordinary and password cut-offs must be more than one hour apart, as 10:00 and 15:00"
            )

    def of(self, series: Series) -> time:
        return self.password if series is Series.CONFIDENTIAL else self.ordinary


@dataclass(frozen=True)
class ReadyLetter:
    """A letter whose PDF waits in storage. `composed_at` aware UTC."""

    id: UUID
    template: str
    composed_at: datetime

    @property
    def series(self) -> Series:
        return SERIES_OF_TEMPLATE[self.template]


@dataclass(frozen=True)
class BatchPlan:
    """Letters in printing order; `print_from` is the earliest instant the printer may start, aware UTC."""

    series: Series
    print_from: datetime
    letters: tuple[ReadyLetter, ...]


def plan_batches(
    letters: Iterable[ReadyLetter], now: datetime, *, cutoffs: Cutoffs, at_once: bool = False, limit: int = 500
) -> list[BatchPlan]:
    """The batches to make now: letters composed before their series' last cut-off, `limit` letters each.

    `at_once` is for development: no cut-off, but still two series and two hours."""
    plans: list[BatchPlan] = []
    waiting = list(letters)
    for series in Series:
        cutoff = now if at_once else last_cutoff(now, cutoffs.of(series))
        print_from = _printing_hour(series, cutoff, at_once=at_once)
        due = sorted((one for one in waiting if one.series is series and one.composed_at <= cutoff), key=lambda x: x.id)
        plans.extend(BatchPlan(series, print_from, chunk) for chunk in _chunks(due, limit))
    return plans


def _printing_hour(series: Series, cutoff: datetime, *, at_once: bool) -> datetime:
    if not at_once:
        return printing_hour(cutoff, timedelta(0))
    # Whole hours, odd for passwords: two batches made at any two moments still never share an hour.
    start = cutoff.replace(minute=0, second=0, microsecond=0) + HOUR
    odd = start.hour % 2 == 1
    return start if odd is (series is Series.CONFIDENTIAL) else start + HOUR


def _chunks(letters: Sequence[ReadyLetter], size: int) -> Iterator[tuple[ReadyLetter, ...]]:
    for start in range(0, len(letters), size):
        yield tuple(letters[start : start + size])


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute
