"""Finds a tenant's declarations by the two numbers printed on the attestation."""

from chassis.auth import Caller
from sqlalchemy.orm import Session

from declaration.api_types.paper import SearchPapersAnswerItem
from declaration.domain.states import State, label
from declaration.models import Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined, visible

MOST = 50


def search(session: Session, caller: Caller, user_number: str, tenant_number: str) -> list[SearchPapersAnswerItem]:
    """Newest campaign first: one per dwelling of this tenant with this landlord. `user_number` may hold spaces."""
    statement = (
        joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord)
        .where(
            visible(caller),
            Landlord.user_number == "".join(user_number.split()),
            Tenancy.tenant_number == "".join(tenant_number.split()).upper(),
        )
        .order_by(Campaign.year.desc(), RentDeclaration.id)
        .limit(MOST)
    )
    return [_shown(*row) for row in session.execute(statement)]


def _shown(
    row: RentDeclaration, campaign: Campaign, tenancy: Tenancy, dwelling: Dwelling, landlord: Landlord
) -> SearchPapersAnswerItem:
    return {
        "declaration_id": str(row.id),
        "campaign": campaign.year,
        "status": row.state,
        "status_label": label(State(row.state), row.version),
        "tenant": {
            "number": tenancy.tenant_number,
            "last_name": tenancy.tenant_last_name,
            "first_name": tenancy.tenant_first_name,
        },
        "dwelling": {"reference": dwelling.reference, "address": dwelling.address},
        "landlord": {"name": landlord.name, "user_number": landlord.user_number},
    }
