"""Which letters are printed together. A login and a password are never in the same batch, envelope or hour of
printing (guide : « dans 2 courriers distincts »), whatever the day or the settings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from notification.domain.calendar import last_cutoff, printing_hour
from notification.domain.kinds import Series
from notification.domain.messages import Template

HOUR = timedelta(hours=1)


class HoursTooCloseError(ValueError):
    """The cut-offs of the two series would let a login and a password be printed in the same hour."""


@dataclass(frozen=True)
class Cutoffs:
    """Hours in Paris time. Raises HoursTooCloseError unless they are more than an hour apart, also across
    midnight."""

    ordinary: time = time(10, 0)
    confidential: time = time(15, 0)

    def __post_init__(self) -> None:
        apart = abs(_minutes(self.ordinary) - _minutes(self.confidential))
        if min(apart, 24 * 60 - apart) <= 60:
            raise HoursTooCloseError(
                "ordinary and confidential cut-offs must be more than one hour apart, as 10:00 and 15:00"
            )

    def of(self, series: Series) -> time:
        return self.confidential if series is Series.CONFIDENTIAL else self.ordinary


@dataclass(frozen=True)
class ReadyLetter:
    """A letter whose PDF is in storage. `composed_at` aware UTC; `caf_code` None for a user of no single Caf."""

    id: UUID
    template: Template
    composed_at: datetime
    caf_code: str | None = None
    abroad: bool = False

    @property
    def series(self) -> Series | None:
        letter = self.template.kind.letter
        return letter.series if letter else None


@dataclass(frozen=True)
class BatchPlan:
    """Letters in printing order; `print_from` is the earliest instant the printer may start, aware UTC."""

    series: Series
    caf_code: str | None
    abroad: bool
    print_from: datetime
    letters: tuple[ReadyLetter, ...]


def plan_batches(
    letters: Iterable[ReadyLetter], now: datetime, *, cutoffs: Cutoffs, at_once: bool = False, limit: int = 500
) -> list[BatchPlan]:
    """The batches to make now: letters of one Caf, all for France or all for abroad, composed before their series' last
    cut-off, at most `limit` letters each.

    `at_once` is for development: no cut-off, but still two series in different hours."""
    waiting = sorted(letters, key=lambda letter: letter.id)
    plans: list[BatchPlan] = []
    for series in Series:
        cutoff = now if at_once else last_cutoff(now, cutoffs.of(series))
        print_from = _printing_hour(series, cutoff, at_once=at_once)
        due = [letter for letter in waiting if letter.series is series and letter.composed_at <= cutoff]
        for caf_code, abroad in sorted({(letter.caf_code, letter.abroad) for letter in due}, key=str):
            own = [letter for letter in due if (letter.caf_code, letter.abroad) == (caf_code, abroad)]
            plans.extend(BatchPlan(series, caf_code, abroad, print_from, chunk) for chunk in _chunks(own, limit))
    return plans


def _printing_hour(series: Series, cutoff: datetime, *, at_once: bool) -> datetime:
    if not at_once:
        return printing_hour(cutoff)
    # Whole hours, odd ones for passwords: batches of the two series never share an hour.
    start = cutoff.replace(minute=0, second=0, microsecond=0) + HOUR
    odd = start.hour % 2 == 1
    return start if odd is (series is Series.CONFIDENTIAL) else start + HOUR


def _chunks(letters: Sequence[ReadyLetter], size: int) -> Iterator[tuple[ReadyLetter, ...]]:
    for start in range(0, len(letters), size):
        yield tuple(letters[start : start + size])


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute
