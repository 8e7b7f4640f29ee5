"""Tables. No table stores a password, a code or a refresh token, only their argon2id or SHA-256 hashes."""

from identity.models.accounts import Account, Consent, Credential, RecoveryRequest, UserNumber
from identity.models.base import Base
from identity.models.changes import EmailChange
from identity.models.factors import Passkey, PasskeyChallenge, RecoveryCode, TotpFactor
from identity.models.journal import SecurityAnchor, SecurityEvent
from identity.models.provider import AuthorizationCode, RefreshToken, SigningKey, TokenFamily
from identity.models.sessions import SENT_FORMS, WEB_SESSIONS, SignInSession, Throttle
from identity.models.supervision import FactorReset, SupervisionAct, Suspension

__all__ = [
    "SENT_FORMS",
    "WEB_SESSIONS",
    "Account",
    "AuthorizationCode",
    "Base",
    "Consent",
    "Credential",
    "EmailChange",
    "FactorReset",
    "Passkey",
    "PasskeyChallenge",
    "RecoveryCode",
    "RecoveryRequest",
    "RefreshToken",
    "SecurityAnchor",
    "SecurityEvent",
    "SignInSession",
    "SigningKey",
    "SupervisionAct",
    "Suspension",
    "Throttle",
    "TokenFamily",
    "TotpFactor",
    "UserNumber",
]
