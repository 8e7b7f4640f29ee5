"""Whether the Caf has suspended an account, which then opens no session and whose tokens are refused."""

from typing import Any

from chassis.db import any_row
from sqlalchemy import ColumnElement, and_, or_

from identity.models import Account, Suspension


def suspended(account: Any = Account) -> ColumnElement[bool]:
    """SQL condition: the account is suspended; `account` is the entity or an alias of it."""
    of_organisation = and_(account.organisation_id.is_not(None), Suspension.organisation_id == account.organisation_id)
    concerned = or_(Suspension.account_id == account.id, of_organisation)
    return any_row(Suspension, Suspension.ended_at.is_(None), concerned)
