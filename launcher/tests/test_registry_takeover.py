"""Another Caf's registry file names a landlord's number: nothing of the landlord's is changed, sent or shown there."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.plugin import HarnessFactory
from connected_services import API, Connected
from declaration.domain.registry.columns import COLUMNS

NUMBER = "35910000900001"
SIRET = "73282932000074"
PERSON = {
    "caf_code": "359",
    "user_number": NUMBER,
    "landlord_kind": "natural_person",
    "civility": "Mme",
    "last_name": "LDUP",
    "first_name": "Maëlys",
    "email": "maelys@ldup.example",
    "landlord_address": "MME MAELYS LDUP|7 IMPASSE DES CHENES|56000 VANNES",
    "housing_type": "private",
    "dwelling_ref": "L1",
    "dwelling_address": "2 RUE GINA PANE|35000 RENNES",
    "commune_insee": "35238",
    "furnished": "0",
    "single_room": "0",
    "tenant_number": "0000101A",
    "tenant_last_name": "DEUJOURS",
    "tenant_first_name": "Adam",
    "lease_start": "2016-09-01",
    "co_tenants": "1",
    "benefit_kind": "ALS",
}
COMPANY = {
    **PERSON,
    "landlord_kind": "legal_person",
    "siret": SIRET,
    "landlord_name": "REGIE DES LICES",
    "email": "gestion@lices.example",
}
# What the stranger's Caf says: their name and address, a tenant of their own.
STRANGER = {
    "caf_code": "569",
    "landlord_name": "INTRUS",
    "civility": "M.",
    "last_name": "INTRUS",
    "first_name": "Ivan",
    "email": "intrus@ailleurs.example",
    "landlord_address": "M IVAN INTRUS|1 RUE DU PORT|56100 LORIENT",
    "dwelling_ref": "T9",
    "commune_insee": "56260",
    "tenant_number": "5551299A",
    "tenant_last_name": "AUCUN",
}


@pytest.fixture
def product(harness: HarnessFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    return Connected(harness, tmp_path, monkeypatch, datetime.now(UTC), unreliable=False)


def hand_over(product: Connected, caf: str, row: dict[str, str]) -> dict[str, Any]:
    """As an agent of that Caf; the import once it is read."""
    agent = product.headers(kind="agent", caf=caf)
    content = "\n".join([";".join(COLUMNS), ";".join(row.get(column, "") for column in COLUMNS)]) + "\n"
    client = product.harnesses["declaration"].client
    sent = client.post(f"{API}/registry-imports", files={"file": ("r.csv", content.encode())}, headers=agent)
    assert sent.status_code == 202, sent.text
    product.job("declaration", "read registry files")
    product.job("declaration", "publish the portfolio")
    done: dict[str, Any] = client.get(f"{API}/registry-imports/{sent.json()['id']}", headers=agent).json()
    return done


def recover(product: Connected, way: str, **asked: str) -> None:
    """As anybody on the pages of recovery, some minutes later; then what follows, up to the mailbox."""
    answer = product.harnesses["identity"].client.post(f"/api/identity/v1/recoveries/{way}", json=asked)
    assert answer.status_code == 202, answer.text
    product.job("identity", "recoveries")
    product.job("notification", "send e-mails")


def written_to(product: Connected) -> set[str]:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in product.mailbox.glob("*.eml")]
    return {parseaddr(str(mail["To"]))[1] for mail in mails}


def test_a_number_that_another_caf_names_sends_its_credentials_where_its_own_caf_writes(product: Connected) -> None:
    assert hand_over(product, "359", PERSON)["lines_good"] == 1
    before = product.harnesses["identity"].rows("user_number")
    for email in ("intrus@ailleurs.example", "intrus2@ailleurs.example"):
        done = hand_over(product, "569", {**PERSON, **STRANGER, "email": email})
        assert (done["lines_good"], done["lines_bad"]) == (0, 1)
        recover(product, "identifier", user_number=NUMBER)
        recover(product, "password", email=email)
    assert product.harnesses["identity"].rows("user_number") == before
    assert {event.data["purpose"] for event in product.told("identity.credentials_issued.v1")} == {
        "creation",
        "identifier_recovery",
    }
    assert written_to(product) == {"maelys@ldup.example"}
    assert [row["name"] for row in product.harnesses["habilitation"].rows("organisation")] == ["Mme Maëlys LDUP"]
    assert {row["caf_code"] for row in product.harnesses["habilitation"].rows("organisation_caf")} == {"359"}
    assert {row["caf_code"] for row in product.harnesses["notification"].rows("message")} == {"359"}


def test_a_caf_that_adds_a_number_to_a_company_names_and_reaches_nobody_else(product: Connected) -> None:
    hand_over(product, "359", COMPANY)
    done = hand_over(product, "569", {**COMPANY, **STRANGER, "user_number": "56900000700001"})
    assert (done["lines_good"], done["created"]["landlords"]) == (1, 1)
    recover(product, "identifier", user_number="56900000700001")
    recover(product, "password", email="intrus@ailleurs.example")
    assert written_to(product) == {"gestion@lices.example"}
    issued = product.told("identity.credentials_issued.v1")
    assert [(event.data["purpose"], event.data["user_number"]) for event in issued] == [
        ("creation", NUMBER),
        ("identifier_recovery", NUMBER),
    ]
    assert [row["name"] for row in product.harnesses["habilitation"].rows("organisation")] == ["REGIE DES LICES"]
