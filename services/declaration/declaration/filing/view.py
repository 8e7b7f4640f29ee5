"""A declaration with all related rows, as the caller may see it, and the results of the rules today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from chassis.auth import Caller

from declaration.domain import campaign as rules
from declaration.domain import journey, paper
from declaration.domain.draft import Draft, Known
from declaration.domain.states import Facts, State
from declaration.domain.steps import Context
from declaration.filing.rows import CampaignRow, DeclarationRow, DwellingRow, LandlordRow, TenancyRow
from declaration.models import Campaign, Dwelling, Landlord, RentDeclaration, Tenancy


@dataclass(frozen=True)
class DeclarationView:
    """To be shown; `LoadedDeclaration` can be changed."""

    row: RentDeclaration | DeclarationRow
    campaign: Campaign | CampaignRow
    tenancy: Tenancy | TenancyRow
    dwelling: Dwelling | DwellingRow
    landlord: Landlord | LandlordRow
    caller: Caller
    today: date
    # State of the transmitted version that counts; only where one declaration is read.
    standing: State | None = None
    # An attestation on paper counts from the day of its own envelope.
    arrival: paper.Arrival | None = None

    @property
    def state(self) -> State:
        return State(self.row.state)

    @cached_property
    def _parsed(self) -> Draft:
        return journey.load(self.row.draft)

    @property
    def draft(self) -> Draft:
        return self._parsed

    @property
    def context(self) -> Context:
        return Context(year=self.campaign.year, today=self.today)

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
