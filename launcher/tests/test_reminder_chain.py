"""A campaign's reminder from its day to the letter box, through every service: to who has something left, once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from chassis.testing.plugin import HarnessFactory
from connected_services import Connected
from declaration import registry
from declaration.domain.registry.columns import COLUMNS
from documents.rendering import fonts
from stdnum.luhn import calc_check_digit

LINE = {
    "caf_code": "359",
    "housing_type": "private",
    "dwelling_address": "2 RUE GINA PANE|35000 RENNES",
    "commune_insee": "35238",
    "furnished": "0",
    "single_room": "0",
    "tenant_last_name": "DEUJOURS",
    "tenant_first_name": "Adam",
    "lease_start": "2016-09-01",
    "co_tenants": "1",
    "previous_rent": "412.50",
    "previous_charges": "38.00",
    "benefit_kind": "ALS",
    "benefit_amount": "162.00",
    "paid_to_landlord": "0",
}
STEPS: dict[str, Any] = {
    "information": {
        "address": ["2 RUE GINA PANE", "35000 RENNES"],
        "commune_insee": "35238",
        "furnished": False,
        "single_room": False,
        "lease_start": "2016-09-01",
        "confirmed": True,
    },
    "situation": {"present": True, "co_tenants": 1, "rent_up_to_date": True},
    "rent": {"rent": "415,00", "charges": "38", "share": "whole", "full_month": True, "furnished": False},
}
# Name, whether an e-mail is known, tenants.
LANDLORDS = (
    ("SILENT BY MAIL", True, 3),
    ("SILENT BY LETTER", False, 2),
    ("IN TIME BY MAIL", True, 2),
    ("SAME MORNING BY MAIL", True, 1),
    ("SAME MORNING BY LETTER", False, 2),
)
OPENING = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
# Thursday; letters leave at 10:00 in Paris, 08:00 UTC.
MORNING = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)
AFTERNOON = MORNING.replace(hour=13)
NEXT_DAY = MORNING.replace(day=16, hour=13)

pytestmark = pytest.mark.timeout(300)


def siret(place: int) -> str:
    siren = f"9{place:07}"
    siren += calc_check_digit(siren)
    return f"{siren}0001{calc_check_digit(f'{siren}0001')}"


def lines() -> Iterator[dict[str, str]]:
    for place, (name, by_mail, tenants) in enumerate(LANDLORDS):
        for tenant in range(tenants):
            yield {
                **LINE,
                "user_number": f"3590000709{place:04}",
                "landlord_kind": "legal_person",
                "siret": siret(place),
                "landlord_name": name,
                "email": f"{place}@bailleur.example" if by_mail else "",
                "landlord_address": f"{name}|{place + 1} PLACE DES LICES|35000 RENNES",
                "dwelling_ref": f"L-{place}-{tenant}",
                "tenant_number": f"{1_000_000 + 10 * place + tenant}A",
            }


@pytest.fixture(params=[False, True], ids=["carried", "lost-then-twice"])
def product(
    harness: HarnessFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Connected:
    """A campaign opened for five landlords, who have all been asked."""
    fonts.install()
    made = Connected(harness, tmp_path, monkeypatch, OPENING, unreliable=request.param)
    file = tmp_path / "registre.csv"
    rows = [";".join(COLUMNS), *(";".join(line.get(column, "") for column in COLUMNS) for line in lines())]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    report = registry.import_path(made.harnesses["declaration"].runtime, file, "test")
    assert report["lines_bad"] == 0, report
    made.job("declaration", "publish the portfolio")
    body = {
        "year": 2026,
        "deadline": "2026-11-15",
        "cut_off": "2027-01-15",
        "reminders": ["2026-10-15", "2026-11-10"],
    }
    made.post("/campaigns", agent(made), body)
    made.post("/campaigns/2026/opening", agent(made))
    made.job("declaration", "ask landlords")
    return made


def agent(product: Connected) -> dict[str, str]:
    return product.headers(kind="agent", caf="359")


def person(product: Connected, name: str) -> dict[str, str]:
    (landlord,) = [row for row in product.harnesses["declaration"].rows("landlord") if row["name"] == name]
    return product.administrator(landlord["organisation_id"])


def day_goes_by(product: Connected, *instants: datetime) -> None:
    """What workers do at those instants."""
    for instant in instants:
        product.now = instant
        product.job("declaration", "remind landlords")
        product.job("notification", "send e-mails")
        product.job("notification", "make letter batches")


def reminders(product: Connected) -> dict[str, str]:
    """Landlord -> where their reminder is."""
    rows = [row for row in product.harnesses["notification"].rows("message") if row["template"] == "reminder"]
    found = {row["recipient_name"]: f"{row['channel']} {row['state']}" for row in rows}
    assert len(found) == len(rows), "one a landlord"
    return found


def received(product: Connected) -> list[str]:
    """Addresses of the reminders in the mailbox, sorted."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in product.mailbox.glob("*.eml")]
    return sorted(str(mail["To"]).rpartition("<")[2].rstrip(">") for mail in mails if "Rappel" in str(mail["Subject"]))


def letters(product: Connected) -> int:
    """Reminders in the archives handed to the printer."""
    rows = product.harnesses["notification"].rows("message")
    printed = {str(row["id"]) for row in rows if row["template"] == "reminder"}
    archives = [ZipFile(path) for path in product.printed.rglob("*.zip")]
    names = [Path(name).stem for archive in archives for name in archive.namelist()]
    return sum(any(identifier in name for identifier in printed) for name in names)


def test_who_has_something_left_is_reminded_once_and_who_finishes_meanwhile_is_not(product: Connected) -> None:
    assert product.declare_all(person(product, "IN TIME BY MAIL"), STEPS) == 2
    by_mail, by_letter = person(product, "SAME MORNING BY MAIL"), person(product, "SAME MORNING BY LETTER")

    product.now = MORNING
    product.job("declaration", "remind landlords")
    assert reminders(product) == {
        "SILENT BY MAIL": "email waiting",
        "SILENT BY LETTER": "letter composed",
        "SAME MORNING BY MAIL": "email waiting",
        "SAME MORNING BY LETTER": "letter composed",
    }

    # Both finish before anything has left.
    assert (product.declare_all(by_mail, STEPS), product.declare_all(by_letter, STEPS)) == (1, 2)
    withdrawn = product.told("declaration.reminder_withdrawn.v1")
    assert len(withdrawn) == 2
    day_goes_by(product, AFTERNOON)
    settled = {
        "SILENT BY MAIL": "email delivered",
        "SILENT BY LETTER": "letter batched",
        "SAME MORNING BY MAIL": "email withdrawn",
        "SAME MORNING BY LETTER": "letter withdrawn",
    }
    assert reminders(product) == settled
    assert (received(product), letters(product)) == (["0@bailleur.example"], 1)

    day_goes_by(product, AFTERNOON, NEXT_DAY)
    assert reminders(product) == settled
    assert (received(product), letters(product)) == (["0@bailleur.example"], 1)
    assert len(product.told("declaration.reminder_due.v1")) == 4
