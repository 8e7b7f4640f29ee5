"""Working days in France, and the cut-off hours after which a letter goes with the next batch."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from chassis.clock import PARIS

SATURDAY = 5


@cache
def _holidays() -> Container[date]:
    # Imported at the first letter: the library loads 300 modules, a tenth of the product's start-up time.
    from holidays import country_holidays

    return country_holidays("FR")


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays()


def next_working_day(day: date, count: int = 1) -> date:
    """The `count`-th working day strictly after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def last_cutoff(now: datetime, hour: time) -> datetime:
    """The latest cut-off that has passed, in UTC; `hour` is Paris time, summer and winter."""
    day = now.astimezone(PARIS).date()
    while not is_working_day(day) or _at(day, hour) > now:
        day -= timedelta(days=1)
    return _at(day, hour)


def printing_hour(cutoff: datetime) -> datetime:
    """When the printer may start on a batch closed at `cutoff`: the next working day, same hour."""
    local = cutoff.astimezone(PARIS)
    return _at(next_working_day(local.date()), local.time())


def is_overdue(handed_over: datetime, now: datetime, working_days: int) -> bool:
    """Whether the printer has had its working days and its receipt is overdue."""
    return now.astimezone(PARIS).date() > next_working_day(handed_over.astimezone(PARIS).date(), working_days)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=PARIS).astimezone(UTC)
