"""Security notices e-mailed to an account's holder (OWASP ASVS 5.0, 6.3.7)."""

from enum import StrEnum
from typing import Literal

from chassis import clock, ids, outbox
from sqlalchemy.orm import Session

from identity.models import Account
from identity.registering_caf import registering_caf

SECURITY_NOTICE = "identity.security_notice.v1"


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


def tell(
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
    data = {
        "account_id": str(account.id),
        "notice_id": str(ids.new_id()),
        "caf_code": registering_caf(session, account),
        "kind": notice.value,
        "factor": factor,
        "happened_at": clock.iso(clock.now()),
    }
    outbox.publish(session, SECURITY_NOTICE, account.id, data, {"name": account.name, "email": address})
