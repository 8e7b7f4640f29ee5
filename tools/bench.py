"""`make bench`: how fast pages and calls that need no account are answered, at BAILLEURS_URL (http://localhost:8080).

A look at one machine, bounded in count and time: ratios between lines mean something, absolute figures little.
"""

from __future__ import annotations

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tools.running import address

CALLERS = 4
CALLS_EACH = 100
PATHS = {
    "health": "/healthz",
    "keys": "/oidc/jwks",
    "sign-in page": "/compte/connexion",
    "home page": "/",
    "refused call": "/api/declaration/v1/declarations",
    "check of a receipt": "/api/documents/v1/verifications/R26-0000-0000-0000-0000",
}


@dataclass(frozen=True)
class Figures:
    """Milliseconds, and answers a second of all callers together; `failed` counts 5xx and broken connections."""

    median: float
    p99: float
    per_second: float
    failed: int


def measure(url: str) -> Figures:
    """One address, CALLERS at once."""
    start = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        results = [one for caller in pool.map(_call, [url] * CALLERS) for one in caller]
    elapsed = time.perf_counter() - start
    times = sorted(milliseconds for milliseconds, _good in results)
    failed = sum(not good for _milliseconds, good in results)
    return Figures(statistics.median(times), times[int(len(times) * 0.99) - 1], len(results) / elapsed, failed)


def _call(url: str) -> list[tuple[float, bool]]:
    results = []
    with httpx.Client(timeout=10, trust_env=False) as client:
        for _ in range(CALLS_EACH):
            start = time.perf_counter()
            try:
                good = client.get(url).status_code < 500
            except httpx.TransportError:
                good = False
            results.append(((time.perf_counter() - start) * 1000, good))
    return results


def main() -> int:
    base = address()
    print(f"{'':20} {'median ms':>10} {'p99 ms':>8} {'per second':>11} {'failed':>7}")
    failed = 0
    for name, path in PATHS.items():
        found = measure(base + path)
        failed += found.failed
        print(f"{name:20} {found.median:10.1f} {found.p99:8.1f} {found.per_second:11.0f} {found.failed:7}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
