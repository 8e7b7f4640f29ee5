"""What the product holds, minute after minute."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tools.bench import processes

MEBIBYTE = 1024**2
MINUTE = 60
EVERY_SECONDS = 5
MOST_FAILED = 200


@dataclass(frozen=True)
class Held:
    """Medians of a minute: what the process that serves holds, and all of them, what they share counted once."""

    serving_bytes: float
    all_bytes: float


def minutes(pid: int, failed: Sequence[str], count: int) -> Iterator[Held]:
    """One for each minute. Raises AssertionError when hardly anything succeeds any more."""
    start = time.monotonic()
    for number in range(1, count + 1):
        samples: list[Held] = []
        while not samples or time.monotonic() < start + number * MINUTE:
            samples.append(_now(pid))
            time.sleep(EVERY_SECONDS)
        held = Held(median(one.serving_bytes for one in samples), median(one.all_bytes for one in samples))
        serving, everything = held.serving_bytes / MEBIBYTE, held.all_bytes / MEBIBYTE
        told = f"minute {number}: {serving:.1f} MiB serving, {everything:.1f} MiB in all"
        print(f"{told}, {len(failed)} failed" if failed else told, flush=True)
        if len(failed) > MOST_FAILED:
            raise AssertionError(failed[-1])
        yield held


def _now(pid: int) -> Held:
    held = {one: processes.proportional_bytes(one) for one in processes.family(pid)}
    return Held(held[pid], sum(held.values()))
