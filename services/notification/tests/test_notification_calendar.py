from datetime import UTC, date, datetime, time

import pytest
from notification.domain.calendar import is_overdue, is_working_day, last_cutoff, next_working_day, printing_hour

TEN = time(10, 0)


@pytest.mark.parametrize(
    "day", [date(2027, 7, 14), date(2027, 3, 29), date(2027, 5, 6), date(2027, 7, 10), date(2027, 7, 11)]
)
def test_bank_holidays_and_week_ends_are_not_worked(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    ("count", "day"),
    [(1, date(2027, 3, 30)), (2, date(2027, 3, 31)), (3, date(2027, 4, 1)), (5, date(2027, 4, 5))],
)
def test_working_days_are_counted_from_the_tuesday_after_easter(count: int, day: date) -> None:
    assert next_working_day(date(2027, 3, 26), count) == day


def test_without_a_count_the_next_working_day_is_the_first() -> None:
    assert next_working_day(date(2027, 7, 6)) == date(2027, 7, 7)


@pytest.mark.parametrize(
    ("now", "cutoff"),
    [
        # 10:00 in Paris is 08:00 UTC in summer and 09:00 in winter.
        (datetime(2027, 7, 1, 8, 0, tzinfo=UTC), datetime(2027, 7, 1, 8, 0, tzinfo=UTC)),
        (datetime(2027, 7, 1, 7, 59, tzinfo=UTC), datetime(2027, 6, 30, 8, 0, tzinfo=UTC)),
        (datetime(2027, 1, 5, 8, 59, tzinfo=UTC), datetime(2027, 1, 4, 9, 0, tzinfo=UTC)),
        # Sunday night: the last one was on Friday. The day after 14 July: before ten, it was on the 13th.
        (datetime(2027, 7, 4, 22, 30, tzinfo=UTC), datetime(2027, 7, 2, 8, 0, tzinfo=UTC)),
        (datetime(2027, 7, 15, 7, 0, tzinfo=UTC), datetime(2027, 7, 13, 8, 0, tzinfo=UTC)),
    ],
)
def test_the_cutoff_follows_the_clock_in_paris_and_working_days(now: datetime, cutoff: datetime) -> None:
    assert last_cutoff(now, TEN) == cutoff


def test_printing_keeps_the_hour_in_paris_over_the_change_of_clock() -> None:
    friday = datetime(2027, 3, 26, 9, 0, tzinfo=UTC)
    assert printing_hour(friday) == datetime(2027, 3, 30, 8, 0, tzinfo=UTC)


def test_a_receipt_is_overdue_only_once_the_working_days_have_passed() -> None:
    thursday = datetime(2027, 7, 8, 8, 0, tzinfo=UTC)
    assert not is_overdue(thursday, datetime(2027, 7, 13, 8, 0, tzinfo=UTC), 3)
    assert is_overdue(thursday, datetime(2027, 7, 14, 8, 0, tzinfo=UTC), 3)
