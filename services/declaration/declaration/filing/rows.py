"""What one statement reads of a declaration: a part of its row per table, with the names of that table's columns."""

from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import aliased

from declaration.api_types.campaigns import Contact
from declaration.domain import paper
from declaration.domain.draft import StoredDraft
from declaration.models import (
    CafAnswer,
    Campaign,
    DeclarationVersion,
    Dwelling,
    Landlord,
    PaperReturn,
    Recap,
    RentDeclaration,
    Tenancy,
)


class DeclarationRow(NamedTuple):
    id: UUID
    state: str
    version: int
    revision: int
    exemption: str | None
    amendment_reason: str | None
    question: str | None
    late: bool
    draft: StoredDraft
    updated_at: datetime
    saved_by: UUID | None


class CampaignRow(NamedTuple):
    year: int
    phase: str
    opens_on: date
    deadline: date
    cut_off: date
    contact: Contact


class TenancyRow(NamedTuple):
    tenant_number: str
    tenant_last_name: str
    tenant_first_name: str
    lease_start: date
    lease_end: date | None
    co_tenants: int
    previous_rent: Decimal | None
    previous_charges: Decimal | None
    benefit_kind: str
    benefit_amount: Decimal | None
    paid_to_landlord: bool | None


class DwellingRow(NamedTuple):
    reference: str
    housing_type: str
    address: list[str]
    commune_insee: str
    departement: str
    furnished: bool
    single_room: bool


class LandlordRow(NamedTuple):
    name: str
    user_number: str


class PaperRow(NamedTuple):
    state: str
    received_on: date
    posted_on: date | None
    draft: StoredDraft
    version: int | None
    set_aside: StoredDraft | None
    begun_at: datetime
    ended_at: datetime | None


class VersionRow(NamedTuple):
    version: int
    state: str
    reason: str | None
    reference: str
    transmitted_at: datetime
    late: bool
    channel: str
    received_on: date | None
    posted_on: date | None
    question: str | None


class RecapRow(NamedTuple):
    document_id: UUID | None


class AnswerRow(NamedTuple):
    version: int
    answer: str
    reason_code: str | None
    text: str | None
    answered_at: datetime


class Transmission(NamedTuple):
    """A transmitted version, with its recap and the Caf's answer."""

    version: VersionRow
    document_id: UUID | None
    answer: AnswerRow | None


class Beside(NamedTuple):
    """What is shown beside a declaration: the newest paper attestation, the transmitted versions, newest first."""

    paper: PaperRow | None
    transmissions: list[Transmission]


# The parts of a declaration itself; then those of `Beside`, which may be empty.
MAIN = {
    DeclarationRow: RentDeclaration,
    CampaignRow: Campaign,
    TenancyRow: Tenancy,
    DwellingRow: Dwelling,
    LandlordRow: Landlord,
}
BESIDE = {PaperRow: PaperReturn, VersionRow: DeclarationVersion, RecapRow: Recap, AnswerRow: CafAnswer}


def columns(*tables: dict[Any, Any]) -> list[Any]:
    return [getattr(model, name) for parts in tables for part, model in parts.items() for name in part._fields]


def split(row: Row[Any], *tables: dict[Any, Any]) -> list[Any]:
    """The parts of a row of `columns`."""
    kinds = [part for parts in tables for part in parts]
    ends = accumulate((len(part._fields) for part in kinds), initial=0)
    return [part._make(row[start:end]) for part, (start, end) in zip(kinds, pairwise(ends), strict=True)]


def with_beside(statement: Select[Any]) -> Select[Any]:
    """Joins what `Beside` needs to a statement over declarations: a row per transmitted version, newest first."""
    other = aliased(PaperReturn)
    kept = select(other.id).where(
        other.declaration_id == RentDeclaration.id, other.state != paper.State.DISCARDED.value
    )
    newest = kept.order_by(other.id.desc()).limit(1).correlate(RentDeclaration).scalar_subquery()
    of_version = DeclarationVersion.declaration_id
    recap = and_(Recap.declaration_id == of_version, Recap.version == DeclarationVersion.version)
    answered = and_(CafAnswer.declaration_id == of_version, CafAnswer.version == DeclarationVersion.version)
    return (
        statement.outerjoin(PaperReturn, PaperReturn.id == newest)
        .outerjoin(DeclarationVersion, of_version == RentDeclaration.id)
        .outerjoin(Recap, recap)
        .outerjoin(CafAnswer, answered)
        .order_by(DeclarationVersion.version.desc())
    )


def beside(parts: list[list[Any]]) -> Beside:
    """From the parts of each row, of which these are the last."""
    found = [row[-len(BESIDE) :] for row in parts]
    newest: PaperRow = found[0][0]
    sent = [
        Transmission(version, recap.document_id, answer if answer.answer else None)
        for _paper, version, recap, answer in found
        if version.reference
    ]
    return Beside(newest if newest.state else None, sent)
