"""A Caf with a registry, a campaign and people with rights."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory

# pytest's importlib mode leaves the folder of tests, where the shared cases are, off the path.
sys.path.insert(0, str(Path(__file__).parent))

from declaration.api_types.registry import RegistryImport
from declaration.app import service
from declaration.domain.registry.columns import COLUMNS
from declaration.registry import import_path
from declaration_cases import LINE, SIRET

BASE = "/api/declaration/v1"


@dataclass
class World:
    harness: Harness
    folder: Path
    organisation_id: UUID = field(default_factory=lambda: ids.organisation_id(siret=SIRET))

    def file(self, *rows: dict[str, str], columns: Any = tuple(COLUMNS), name: str = "registre.csv") -> Path:
        """A registry file with these lines; each row says only what differs from the plain one."""
        lines = [";".join(columns)]
        lines += [";".join({**LINE, **row}.get(column, "") for column in columns) for row in rows]
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def register(self, *rows: dict[str, str]) -> RegistryImport:
        return import_path(self.harness.runtime, self.file(*rows), "test")

    def hand_over(self, *rows: dict[str, str], **claims: Any) -> tuple[dict[str, Any], list[tuple[int, str]]]:
        """As an agent over HTTP: the import once it is read, and the lines left out with the column that is wrong.

        `claims` of the agent; of Caf 359 unless said.
        """
        agent = self.agent(**claims)
        file = {"file": ("registre.csv", self.file(*rows).read_bytes())}
        sent = self.harness.client.post(f"{BASE}/registry-imports", files=file, headers=agent)
        assert sent.status_code == 202, sent.text
        self.harness.run_job("read registry files")
        self.harness.run_job("publish the portfolio")
        path = f"/registry-imports/{sent.json()['id']}"
        found = self.get(f"{path}/errors", agent).json()["items"]
        return self.get(path, agent).json(), [(error["line"], error["column"]) for error in found]

    def grant(self, account_id: UUID, *scopes: tuple[str, str], version: int = 1, **rights: Any) -> dict[str, str]:
        """Gives these (type, zone) and returns the person's request headers."""
        data = {
            "account_id": str(account_id),
            "organisation_id": str(rights.get("organisation_id", self.organisation_id)),
            "role": "user",
            "scopes": [{"housing_type": kind, "zone": zone} for kind, zone in scopes],
            "active": rights.get("active", True),
            "version": version,
        }
        self.harness.deliver("habilitation.access_changed.v1", data)
        return self.harness.headers(sub=account_id, org=data["organisation_id"])

    def landlord(self, *scopes: tuple[str, str]) -> dict[str, str]:
        return self.grant(ids.new_id(), *(scopes or (("private", "FR"), ("conventioned", "FR"))))

    def agent(self, caf: str = "359", **claims: Any) -> dict[str, str]:
        return self.harness.headers(kind="agent", caf=caf, **claims)

    def get(self, path: str, headers: dict[str, str], **params: Any) -> Any:
        return self.harness.client.get(BASE + path, headers=headers, params=params)

    def post(self, path: str, headers: dict[str, str], body: Any = None, **more: str) -> Any:
        return self.harness.client.post(BASE + path, headers={**headers, **more}, json=body)

    def put(self, path: str, headers: dict[str, str], body: Any, **more: str) -> Any:
        return self.harness.client.put(BASE + path, headers={**headers, **more}, json=body)

    def open_campaign(self, caf: str = "359") -> dict[str, Any]:
        """A campaign of this year that is open today, whatever today is."""
        today = clock.today()
        body = {
            "year": today.year,
            "opens_on": f"{today.year - 1}-07-01",
            "deadline": f"{today.year + 1}-01-15",
            "cut_off": f"{today.year + 1}-03-01",
        }
        created = self.post("/campaigns", self.agent(caf), body)
        assert created.status_code == 201, created.text
        opened = self.post(f"/campaigns/{today.year}/opening", self.agent(caf))
        assert opened.status_code == 200, opened.text
        self.harness.run_job("ask landlords")
        return dict(opened.json())

    def declarations(self, headers: dict[str, str], **params: Any) -> list[dict[str, Any]]:
        found = self.get("/declarations", headers, **params)
        assert found.status_code == 200, found.text
        return list(found.json()["items"])


@pytest.fixture
def world(harness: HarnessFactory, database_url: str, tmp_path: Path) -> World:
    return World(harness(service, database_url), tmp_path)


@pytest.fixture
def make_world() -> type[World]:
    """For a test that chooses its database."""
    return World


@pytest.fixture
def year() -> int:
    return clock.today().year
