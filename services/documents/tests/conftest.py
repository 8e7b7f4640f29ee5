"""Fonts are fetched once, and the receipt and letters that most tests start from."""

import hashlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.plugin import HarnessFactory

sys.path.insert(0, str(Path(__file__).parent))

from documents.app import service
from documents.rendering import fonts
from documents.rendering.letters import Letter
from documents.rendering.recap import Recap, canonical
from documents_world import Data, World

RECEIVED = datetime(2026, 7, 15, 8, 0, 5, tzinfo=UTC)
PUBLIC_URL = "https://bailleurs.example"


@pytest.fixture(scope="session", autouse=True)
def _fonts() -> None:
    fonts.install()


@pytest.fixture
def snapshot() -> Data:
    return {
        "landlord": {
            "name": "SCI LES TILLEULS",
            "address": ["S.C.I. LES TILLEULS", "12 RUE DE LA CALENDE", "76000 ROUEN"],
            "user_number": "35900007090001",
            "siret": "12345678200012",
        },
        "dwelling": {
            "reference": "LOT-0042",
            "address": ["2 RUE GINA PANE", "35000 RENNES"],
            "commune": "35238 Rennes",
            "housing_type": "conventioned",
            "furnished": False,
            "single_room": False,
        },
        "tenant": {"number": "1234567A", "last_name": "DEUJOURS", "first_name": "Adam", "lease_start": "2021-09-01"},
        "information": {
            "address": ["2 RUE GINA PANE", "35000 RENNES"],
            "commune_insee": "35238",
            "furnished": False,
            "single_room": False,
            "lease_start": "2021-09-01",
            "confirmed": True,
        },
        "situation": {
            "present": True,
            "left_on": None,
            "new_address": None,
            "co_tenants": 1,
            "rent_up_to_date": False,
            "arrears_amount": "612.00",
            "first_default_on": "2026-05-01",
        },
        "rent": {
            "rent": "1412.50",
            "charges": "58.00",
            "share": "whole",
            "full_month": True,
            "furnished": False,
            "total": "1470.50",
        },
        "confirmations": [
            {"code": "rent_gap", "message": "Le loyer diffère de plus de 10 %.", "reason": "Révision annuelle"}
        ],
        "corrected": [{"field": "address", "label": "Adresse", "before": "2 RUE GINA PAN", "after": "2 RUE GINA PANE"}],
        "caf": {
            "name": "Caf d’Ille-et-Vilaine",
            "address": ["Cours des Alliés", "35028 RENNES CEDEX 9"],
            "telephone": "32 30",
        },
    }


@pytest.fixture
def recap(snapshot: Data) -> Callable[..., Recap]:
    def build(**changes: Any) -> Recap:
        content = changes.pop("snapshot", snapshot)
        facts = {
            "reference": "R26-7K2M-Q9XT-4B8D-HW3N",
            "version": 1,
            "campaign_year": 2026,
            "transmitted_at": RECEIVED,
            "late": False,
            "channel": "web",
            "sha256": hashlib.sha256(canonical(content).encode()).hexdigest(),
            "public_url": PUBLIC_URL,
        }
        return Recap(snapshot=content, **{**facts, **changes})

    return build


@pytest.fixture
def letter() -> Callable[..., Letter]:
    recipient = {
        "name": "SCI Les Tilleuls",
        "address": ["SCI LES TILLEULS", "Bâtiment B", "12 rue de la Calende", "76000 Rouen"],
    }
    caf = {
        "name": "Caf d’Ille-et-Vilaine",
        "address": ["Cours des Alliés", "35028 RENNES CEDEX 9"],
        "telephone": "32 30",
        "reference": "B89",
    }
    tenant = {
        "number": "1234567A",
        "last_name": "DEUJOURS",
        "first_name": "Adam",
        "address": ["2 RUE GINA PANE", "35000 RENNES"],
    }
    variables = {
        "caf": caf,
        "user_number": "35900007090001",
        "year": 2026,
        "deadline": "2026-09-30",
        "tenants": [tenant],
        "reference": "R26-7K2M-Q9XT-4B8D-HW3N",
        "transmitted_at": "2026-07-15T08:00:05+00:00",
        "expires_at": "2026-08-04T10:00:00+00:00",
        "questions": 2,
        "rejected": 1,
        "integrated": 0,
        "declarations": 412,
        "remaining": 3,
        "number": "S26-8K3M-W2QT-5YBN-0XCD",
        "kind": "missing_tenant",
        "outcome": "refused",
        "answer": "Ce locataire n’est pas allocataire",
    }
    secret = {"login": "BX7K-2M4Q", "password": "kR7m-Wp3x-Hq9t-Zd4b"}

    def build(template: str, **changes: Any) -> Letter:
        return Letter(
            template=template,
            recipient=changes.get("recipient", recipient),
            variables={**variables, **changes.get("variables", {})},
            written_at=RECEIVED,
            public_url=PUBLIC_URL,
            secret=secret,
        )

    return build


@pytest.fixture
def world(harness: HarnessFactory, database_url: str, snapshot: Data) -> World:
    return World(harness(service, database_url, render_processes=0, public_url=PUBLIC_URL), snapshot)
