"""A program acts as a user whom nobody signs in: it reads as soon as an administrator has ticked a group."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from chassis.testing.plugin import HarnessFactory
from connected_services import API, Connected
from test_registry_takeover import COMPANY, SIRET, hand_over

HABILITATION = "/api/habilitation/v1"
USER = {"civility": "Mme", "last_name": "PROGRAMME", "first_name": "", "email": "programme@lices.example"}


@pytest.fixture
def product(harness: HarnessFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    return Connected(harness, tmp_path, monkeypatch, datetime.now(UTC), unreliable=False)


def read(product: Connected, account: UUID, organisation: UUID) -> Any:
    """As a program with client credentials: its token opens no person's scope."""
    headers = product.headers(sub=account, org=organisation, scope="declarations:read")
    return product.harnesses["declaration"].client.get(f"{API}/declarations", headers=headers)


def test_a_program_reads_before_anybody_signs_in_as_its_user(product: Connected) -> None:
    hand_over(product, "359", COMPANY)
    organisation = ids.organisation_id(siret=SIRET)
    refused = read(product, ids.new_id(), organisation)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bailleurs:problem:rights-missing")
    administrator = product.administrator(organisation)
    client, url = product.harnesses["habilitation"].client, f"{HABILITATION}/organisations/{organisation}"
    [group] = client.get(f"{url}/groups", headers=administrator).json()["items"]
    headers = {**administrator, "Idempotency-Key": "program"}
    made = client.post(f"{url}/users", headers=headers, json={**USER, "groups": [group["id"]]})
    assert made.status_code == 201, made.text
    product.settle()
    answer = read(product, UUID(made.json()["account_id"]), organisation)
    assert (answer.status_code, answer.json()["total"]) == (200, 0)
