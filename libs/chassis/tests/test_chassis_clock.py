"""Instants are aware and UTC; days are French."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import time_machine
from chassis import clock
from hypothesis import given
from hypothesis import strategies as st

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  # hypothesis wants naive bounds


def test_now_is_aware_and_utc() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-07-31T21:59:59Z", date(2026, 7, 31)),
        ("2026-07-31T22:00:00Z", date(2026, 8, 1)),  # midnight in summer
        ("2026-12-31T22:59:59Z", date(2026, 12, 31)),
        ("2026-12-31T23:00:00Z", date(2027, 1, 1)),  # midnight in winter
    ],
)
def test_today_is_the_day_in_france_in_summer_and_in_winter(instant: str, day: date) -> None:
    with time_machine.travel(clock.parse(instant), tick=False):
        assert clock.today() == day


def test_iso_writes_utc_with_a_z() -> None:
    paris = datetime(2026, 7, 1, 10, 30, tzinfo=clock.PARIS)
    assert clock.iso(paris) == "2026-07-01T08:30:00Z"


def test_iso_refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="naive"):
        clock.iso(datetime(2026, 7, 1))  # noqa: DTZ001  # what must be refused


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01T10:00:00",
        "2026-07-01",
        "2026-13-99T00:00:00Z",
        "2026-07-01T25:00:00Z",
        "hier",
        "",
        "2026-07-01T10:00:00Z ",
    ],
)
def test_parse_refuses_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError):
        clock.parse(text)


def test_parse_brings_any_offset_to_utc() -> None:
    parsed = clock.parse("2026-07-01T10:00:00+02:00")
    assert (parsed, parsed.tzinfo) == (datetime(2026, 7, 1, 8, tzinfo=UTC), UTC)


@given(INSTANTS)
def test_what_iso_writes_parse_reads_back(instant: datetime) -> None:
    assert clock.parse(clock.iso(instant)) == instant
    assert clock.iso(instant).endswith("Z")
