"""Curves as SVG coordinates; each page with a curve also gives its figures as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webui.typography import number

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 80, 10, 16, 34
STEPS = (1, 2, 5, 10)
MOST_TICKS = 5
MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick of an axis: its position in view box units and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """`points`: the polyline's attribute; `limit`: the position of the deadline, None when it is off the chart."""

    points: str
    heights: Sequence[Mark]
    days: Sequence[Mark]
    limit: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def cumulated(days: Sequence[Mapping[str, Any]], limit: date | None) -> Curve | None:
    """From rows {day, transmitted, cumulated}, one per day; None before any transmission. `limit`: the deadline."""
    if not days:
        return None
    first = date.fromisoformat(days[0]["day"]) - timedelta(days=1)
    last = date.fromisoformat(days[-1]["day"])
    step = _step(int(days[-1]["cumulated"]))
    top = step * -(-int(days[-1]["cumulated"]) // step)
    span = (last - first).days

    def across(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span, 1)

    def up(count: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / top, 1)

    drawn = [(first, 0), *((date.fromisoformat(each["day"]), int(each["cumulated"])) for each in days)]
    return Curve(
        points=" ".join(f"{across(day)},{up(count)}" for day, count in drawn),
        heights=[Mark(up(count), number(count)) for count in range(0, top + 1, step)],
        days=[Mark(across(day), _written(day)) for day in _spread(first + timedelta(days=1), last)],
        limit=across(limit) if limit and first < limit <= last else None,
    )


def _step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20… with which MOST_TICKS steps reach the top."""
    scale = 1
    while True:
        for step in STEPS:
            if step * scale * MOST_TICKS >= most:
                return step * scale
        scale *= 10


def _spread(first: date, last: date) -> list[date]:
    """A few evenly spaced days, always including the last."""
    every = max(1, -(-((last - first).days) // MOST_TICKS))
    return sorted({last - timedelta(days=back) for back in range(0, (last - first).days + 1, every)})


def _written(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day}\u00a0{MONTHS[day.month - 1]}"
