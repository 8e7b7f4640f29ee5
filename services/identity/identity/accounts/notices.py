"""Security notices e-mailed to an account's holder (OWASP ASVS 5.0, 6.3.7)."""

from enum import StrEnum
from typing import Literal

from sqlalchemy.orm import Session

from identity import publishes
from identity.accounts.queries import registering_caf
from identity.models import Account


class Notice(StrEnum):
    RECOVERY_REQUESTED = "recovery_requested"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a notice
    PASSWORD_CHANGE_REQUIRED = "password_change_required"  # noqa: S105 - the name of a notice
    EMAIL_CHANGED = "email_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_RESTORED = "account_restored"
    FACTOR_RESET_ASKED = "factor_reset_asked"
    FACTOR_RESET_REFUSED = "factor_reset_refused"
    ACCOUNT_CLOSED = "account_closed"
    DELEGATE_DESIGNATED = "delegate_designated"
    DELEGATE_WITHDRAWN = "delegate_withdrawn"


def notify(
    session: Session,
    account: Account,
    notice: Notice,
    *,
    factor: Literal["totp", "passkey"] | None = None,
    email: str | None = None,
) -> None:
    """Sends to the account's address, or to `email` (e.g. the previous one). Sends nothing if no address is known."""
    address = email or account.email or account.contact_email
    if not address:
        return
    publishes.security_notice(
        session, account, notice.value, factor=factor, email=address, caf_code=registering_caf(session, account)
    )
