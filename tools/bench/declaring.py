"""Declarations handled one by one, as pages do."""

from __future__ import annotations

import uuid

from launcher.demo.failures import answered
from launcher.demo.journey.declaring import all_steps
from launcher.demo.web.api import DECLARATION, Api, Json


def due(api: Api, **filters: str) -> list[str]:
    """Those for which nothing has been declared."""
    found: list[str] = []
    page: Json = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        page = api.get(f"{DECLARATION}/declarations", status="to_declare", limit=200, **filters, **cursor)
        found += [item["id"] for item in page["items"]]
    return found


def declare(api: Api, declaration: str) -> None:
    """Read, its three steps saved, transmitted."""
    address = f"{DECLARATION}/declarations/{declaration}"
    answer = answered(api.request("GET", address), 200)
    for name, step in all_steps(answer.json()).items():
        headers = {"If-Match": answer.headers["etag"]}
        answer = answered(api.request("PUT", f"{address}/draft", json={name: step}, headers=headers), 200)
    headers = {"If-Match": answer.headers["etag"], "Idempotency-Key": str(uuid.uuid4())}
    answered(api.request("POST", f"{address}/transmission", headers=headers), 201)
