"""A person with files of rows: what the tests of files share."""

import csv
import io
from typing import Any

from declaration.sheets import layout

JOB = "read and apply files of rows"
FILLED = {"confirmed": "oui", "present": "oui", "rent_up_to_date": "oui", "rent": "415,00", "charges": "38"}


class Desk:
    """A person with files."""

    def __init__(self, world: Any, headers: dict[str, str]) -> None:
        self.world, self.headers = world, headers

    def template(self, kind: str = "csv", **filters: Any) -> bytes:
        answer = self.world.get("/declaration-template", self.headers, format=kind, **filters)
        assert answer.status_code == 200, answer.text
        content: bytes = answer.content
        return content

    def rows(self, content: bytes) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))

    def filled(self, content: bytes, *typed: dict[str, str]) -> bytes:
        """The template with these cells in its lines, in order."""
        rows = self.rows(content)
        for row, cells in zip(rows, typed, strict=False):
            row |= {layout.HEADERS[name]: text for name, text in cells.items()}
        target = io.StringIO()
        writer = csv.DictWriter(target, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
        return target.getvalue().encode()

    def send(self, content: bytes, name: str = "loyers.csv") -> Any:
        files = {"file": (name, content, "application/octet-stream")}
        return self.world.harness.client.post(
            "/api/declaration/v1/declaration-imports", headers=self.headers, files=files
        )

    def checked(self, content: bytes) -> dict[str, Any]:
        sent = self.send(content)
        assert sent.status_code == 202, sent.text
        self.world.harness.run_job(JOB)
        return self.read(sent.json()["id"])

    def read(self, identifier: str) -> dict[str, Any]:
        found: dict[str, Any] = self.world.get(f"/declaration-imports/{identifier}", self.headers).json()
        return found

    def errors(self, identifier: str, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.world.get(
            f"/declaration-imports/{identifier}/errors", self.headers, **params
        ).json()
        return found

    def apply(self, identifier: str) -> dict[str, Any]:
        asked = self.world.post(f"/declaration-imports/{identifier}/application", self.headers)
        assert asked.status_code == 202, asked.text
        self.world.harness.run_job(JOB)
        return self.read(identifier)

    def drafts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.world.get("/drafts", self.headers).json()["items"]
        return found


def named(row: dict[str, Any]) -> dict[str, Any]:
    """What a row sent back by the API says of itself."""
    return {name: row[name] for name in ("id", "etag", "tenant", "dwelling")}


def counts(found: dict[str, Any]) -> dict[str, int]:
    names = ("lines", "ready", "unchanged", "refused", "applied")
    return {name: found[name] for name in names if found[name]}
