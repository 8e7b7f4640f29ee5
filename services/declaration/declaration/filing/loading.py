"""Loads a declaration with all related rows, as the caller may see it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ScalarSelect, Select, select
from sqlalchemy.orm import Session

from declaration.domain import campaign as rules
from declaration.domain import journey, paper
from declaration.domain.draft import Draft, Known
from declaration.domain.states import Facts, State
from declaration.domain.steps import Context
from declaration.filing.row_draft import RowDraft
from declaration.models import Campaign, DeclarationVersion, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined, visible

WEB = "web"
PAPER = "paper"
FILE = "file"


@dataclass(frozen=True)
class LoadedDeclaration:
    """The rows of one declaration, with the results of the rules today."""

    row: RentDeclaration
    campaign: Campaign
    tenancy: Tenancy
    dwelling: Dwelling
    landlord: Landlord
    caller: Caller
    today: date
    # The steps come from an uploaded file, not from a page.
    from_file: bool = False
    # State of the transmitted version that counts; only set by `find`.
    standing: State | None = None
    # An attestation on paper counts from the day of its own envelope.
    arrival: paper.Arrival | None = None

    @property
    def state(self) -> State:
        return State(self.row.state)

    @cached_property
    def _stored(self) -> RowDraft:
        return RowDraft(self.row)

    @property
    def draft(self) -> Draft:
        return self._stored.draft

    def store(self, draft: Draft) -> None:
        self._stored.draft = draft

    @property
    def context(self) -> Context:
        return Context(year=self.campaign.year, today=self.today)

    @property
    def channel(self) -> str:
        """Agents type what came back on paper."""
        return PAPER if self.caller.kind == "agent" else FILE if self.from_file else WEB

    @property
    def declarant(self) -> UUID | None:
        """The landlord's person who acts; None for the Caf."""
        return self.caller.sub if self.caller.kind == "landlord" else None

    @property
    def phase(self) -> rules.Phase:
        return rules.Phase(self.campaign.phase)

    @property
    def dates(self) -> rules.Dates:
        here = self.campaign
        return rules.Dates(here.year, here.opens_on, here.deadline, here.cut_off)

    @property
    def late(self) -> bool:
        """The stored mark once transmitted, else whether transmitting today would be late."""
        if self.arrival:
            return paper.late(self.dates, self.arrival)
        if self.state in journey.EDITABLE:
            return rules.late(self.phase, self.dates, self.today)
        return self.row.late

    @property
    def filing_open(self) -> bool:
        if self.arrival:
            return paper.in_time(self.dates, self.arrival)
        return rules.filing_open(self.phase, self.dates, self.today)

    def facts(self, reason: str = "") -> Facts:
        """Input of the state table's guards."""
        return Facts(
            filing_open=self.filing_open,
            complete=not journey.missing(self.draft, self.known, self.context),
            reason=reason,
            standing=self.standing,
        )

    @cached_property
    def known(self) -> Known:
        tenancy, dwelling = self.tenancy, self.dwelling
        return Known(
            address=tuple(dwelling.address),
            commune_insee=dwelling.commune_insee,
            furnished=dwelling.furnished,
            single_room=dwelling.single_room,
            lease_start=tenancy.lease_start,
            lease_end=tenancy.lease_end,
            co_tenants=tenancy.co_tenants,
            previous_rent=tenancy.previous_rent,
            previous_charges=tenancy.previous_charges,
            benefit_kind=tenancy.benefit_kind,
            benefit_amount=tenancy.benefit_amount,
            paid_to_landlord=bool(tenancy.paid_to_landlord),
        )

    @property
    def shown_benefit(self) -> Decimal | None:
        """The benefit is the tenant's private matter, unless it is paid to the landlord. Agents see it."""
        to_landlord = self.known.paid_to_landlord or self.caller.kind == "agent"
        return self.tenancy.benefit_amount if to_landlord else None


def many(
    session: Session, caller: Caller, declaration_ids: Iterable[UUID], *, change: bool = False, from_file: bool = False
) -> dict[UUID, LoadedDeclaration]:
    """Those inside the caller's perimeter; others are left out. `change` locks the rows, always in the same order."""
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord)
    statement = statement.where(RentDeclaration.id.in_(declaration_ids), visible(caller)).order_by(RentDeclaration.id)
    if change:
        statement = statement.with_for_update(of=RentDeclaration)
    today = clock.today()
    # Another transaction may have changed rows that this session read earlier.
    found = session.execute(statement.execution_options(populate_existing=True))
    return {loaded.row.id: loaded for loaded in (of_row(row, caller, today, from_file) for row in found)}


def of_row(row: Any, caller: Caller, today: date, from_file: bool = False) -> LoadedDeclaration:
    """From a row of `joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord)`."""
    declaration, campaign, tenancy, dwelling, landlord = row
    return LoadedDeclaration(declaration, campaign, tenancy, dwelling, landlord, caller, today, from_file)


def find(session: Session, caller: Caller, declaration_id: UUID, *, change: bool = False) -> LoadedDeclaration:
    """Raises NotFound outside the caller's perimeter. `change` locks the row until the end of the transaction."""
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord, _standing())
    statement = statement.where(RentDeclaration.id == declaration_id, visible(caller))
    if change:
        statement = statement.with_for_update(of=RentDeclaration)
    rows: Any = session.execute(statement).one_or_none()
    if rows is None:
        raise NotFound
    *entities, standing = rows
    return replace(of_row(entities, caller, clock.today()), standing=State(standing) if standing else None)


def standing_version(session: Session, declaration_id: UUID) -> DeclarationVersion | None:
    """The transmitted version that counts: the newest."""
    return session.execute(_newest(DeclarationVersion, declaration_id)).scalar_one_or_none()


def _standing() -> ScalarSelect[str]:
    return _newest(DeclarationVersion.state, RentDeclaration.id).correlate(RentDeclaration).scalar_subquery()


def _newest(what: Any, declaration_id: Any) -> Select[Any]:
    of_this = select(what).where(DeclarationVersion.declaration_id == declaration_id)
    return of_this.order_by(DeclarationVersion.version.desc()).limit(1)
