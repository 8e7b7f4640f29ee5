"""Response times of pages and calls that need no account, at BAILLEURS_URL (http://localhost:8080).

A short, bounded look at one machine: ratios between lines are meaningful, absolute figures hardly.
"""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tools.bench.figures import Figure
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
class Times:
    """Milliseconds, and answers per second over all callers; `failed` counts 5xx and broken connections."""

    median: float
    p99: float
    per_second: float
    failed: int


def measure(url: str) -> Times:
    """One address, with CALLERS concurrent callers."""
    start = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        results = [one for caller in pool.map(_call, [url] * CALLERS) for one in caller]
    elapsed = time.perf_counter() - start
    times = sorted(milliseconds for milliseconds, _good in results)
    failed = sum(not good for _milliseconds, good in results)
    return Times(statistics.median(times), times[int(len(times) * 0.99) - 1], len(results) / elapsed, failed)


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


def figures() -> list[Figure]:
    """Each address compared with the health check of the same run, which gives the cost of the page itself."""
    base = address()
    found = {name: measure(base + path) for name, path in PATHS.items()}
    bare = found["health"].median
    rows = []
    for name, times in found.items():
        rows.append(Figure(f"{name}, median", times.median, "ms", limit=bare))
        rows.append(Figure(f"{name}, p99", times.p99, "ms"))
        rows.append(Figure(f"{name}, failed", times.failed, "calls", aim="0", met=times.failed == 0))
    return rows
