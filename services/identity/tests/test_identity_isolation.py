"""Two Cafs, each with a landlord and an agent: to the agent of one, the other's accounts do not exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from identity.models import Account, FactorReset, TotpFactor
from identity.supervision import agents
from identity.supervision.perimeter import supervised
from identity_events import Issued
from sqlalchemy import select

BASE = "/api/identity/v1"
WHY = {"reason": "Appel du bailleur : il ne reconnaît pas cette connexion."}
ACCOUNT_ACTS = ("suspension", "restoration", "password-change", "closing", "factor-resets")
READS = ("", "/activity")
OURS = {
    "user_number": "35900007090001",
    "siret": "73282932000074",
    "name": "REGIE DES LICES",
    "email": "gestion@lices.example",
}
THEIRS = {
    "user_number": "35300007090002",
    "siret": "55210055400013",
    "name": "REGIE DU PORT",
    "email": "gestion@port.example",
}
TABLES = ("account", "credential", "sign_in_session", "suspension", "supervision_act", "factor_reset", "totp_factor")


@dataclass(frozen=True)
class Cafs:
    """The agent of Caf 359 and its landlord; the landlord of Caf 353, whose agent asked for a reset of their factor."""

    world: Any
    agent: dict[str, str]
    ours: Issued
    theirs: Issued
    reset_id: str

    def post(self, path: str, body: Any = None) -> Any:
        return self.world.harness.client.post(f"{BASE}/{path}", headers=self.agent, json=body or WHY)

    def get(self, path: str) -> Any:
        return self.world.harness.client.get(f"{BASE}/{path}", headers=self.agent)

    def rows(self) -> dict[str, list[Any]]:
        return {table: self.world.harness.rows(table) for table in TABLES}


def registered(world: Any, landlord: dict[str, str]) -> Issued:
    organisation_id = ids.organisation_id(siret=landlord["siret"])
    world.register(**landlord, organisation_id=str(organisation_id))
    sent: Issued = world.issued()[-1]
    factor = {"secret_sealed": "x", "last_counter": 0, "created_at": clock.now()}
    with world.harness.transaction() as session:
        session.add(TotpFactor(account_id=UUID(sent["account_id"]), **factor))
    return sent


def agent_of(world: Any, caf: str) -> dict[str, str]:
    login = f"DUPONT{caf}"
    agents.add(world.harness.runtime, login=login, caf_code=caf, email=f"{login}@caf.example")
    found = next(row for row in world.harness.rows("account") if row["login"] == login)
    return dict(world.harness.headers(sub=found["id"], kind="agent", caf=caf))


@pytest.fixture
def cafs(world: Any) -> Iterator[Cafs]:
    ours, theirs = registered(world, OURS), registered(world, THEIRS)
    colleague = Cafs(world, agent_of(world, "353"), theirs, ours, "")
    asked = colleague.post(f"accounts/{theirs['account_id']}/factor-resets")
    assert asked.status_code == 201
    made = Cafs(world, agent_of(world, "359"), ours, theirs, asked.json()["id"])
    before = made.rows()
    yield made
    assert made.rows() == before


def compared(foreign: Any, unknown: Any) -> None:
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json() == unknown.json()


def test_an_account_of_another_caf_is_neither_read_nor_acted_on(cafs: Cafs) -> None:
    foreign, unknown = f"accounts/{cafs.theirs['account_id']}", f"accounts/{ids.new_id()}"
    assert cafs.get(f"accounts/{cafs.ours['account_id']}").status_code == 200
    for read in READS:
        compared(cafs.get(foreign + read), cafs.get(unknown + read))
    for act in ACCOUNT_ACTS:
        compared(cafs.post(f"{foreign}/{act}"), cafs.post(f"{unknown}/{act}"))


def test_an_organisation_of_another_caf_is_not_acted_on(cafs: Cafs) -> None:
    for act in ("suspension", "restoration"):
        foreign, unknown = cafs.theirs["organisation_id"], ids.new_id()
        compared(cafs.post(f"organisations/{foreign}/{act}"), cafs.post(f"organisations/{unknown}/{act}"))


def test_a_search_finds_nothing_of_another_caf(cafs: Cafs) -> None:
    for landlord, sent, found in ((OURS, cafs.ours, 1), (THEIRS, cafs.theirs, 0)):
        criteria = {name: landlord[name] for name in ("user_number", "name", "email")} | {"login": sent["login"]}
        for name, value in criteria.items():
            assert len(cafs.post("account-searches", {name: value}).json()["items"]) == found, name


def test_the_resets_of_another_caf_are_neither_listed_nor_decided(cafs: Cafs) -> None:
    assert cafs.get("factor-resets").json() == {"items": [], "next_cursor": None}
    own = f"accounts/{cafs.ours['account_id']}/factor-resets"
    for decision in ("approval", "refusal"):
        for account in (f"accounts/{cafs.theirs['account_id']}/factor-resets", own):
            foreign, unknown = f"{account}/{cafs.reset_id}", f"{account}/{ids.new_id()}"
            compared(cafs.post(f"{foreign}/{decision}"), cafs.post(f"{unknown}/{decision}"))


def test_the_perimeter_holds_inside_other_statements(cafs: Cafs) -> None:
    """As a condition of a subquery that has accounts too, and of a list of what belongs to them."""
    agent_id = next(row["id"] for row in cafs.world.harness.rows("account") if row["login"] == "DUPONT359")
    own = UUID(cafs.ours["account_id"])
    direct = select(Account.id).where(supervised(agent_id))
    nested = select(Account.id).where(Account.id.in_(select(Account.id).where(supervised(agent_id))))
    resets = select(FactorReset.id).join(Account, Account.id == FactorReset.account_id).where(supervised(agent_id))
    with cafs.world.harness.transaction() as session:
        assert [session.scalars(query).all() for query in (direct, nested, resets)] == [[own], [own], []]
