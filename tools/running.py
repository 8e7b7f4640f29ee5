"""Finds the running product, for tools that measure or test it from outside."""

from __future__ import annotations

import os
import sys

import httpx


def address() -> str:
    """BAILLEURS_URL, or http://localhost:8080; exits with code 2 and a sentence when nothing answers there."""
    url = os.environ.get("BAILLEURS_URL", "http://localhost:8080").rstrip("/")
    try:
        httpx.get(f"{url}/healthz", timeout=5, trust_env=False)
    except httpx.TransportError:
        print(f"Nothing answers at {url}: start `make run` or `make up` first, or set BAILLEURS_URL.")
        sys.exit(2)
    return url
