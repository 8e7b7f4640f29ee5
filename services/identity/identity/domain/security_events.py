"""Security journal: the kinds of events with their French labels, and the hash chain."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

# Previous hash of the very first row.
GENESIS = "0" * 64


class Kind(StrEnum):
    ACCOUNT_ACTIVATED = "account.activated"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_ERASED = "account.erased"
    ACCOUNT_RESTORED = "account.restored"
    ACCOUNT_SUSPENDED = "account.suspended"
    AGENT_ADDED = "agent.added"
    AGENT_MOVED = "agent.moved"
    CREDENTIALS_ISSUED = "credentials.issued"
    CREDENTIALS_NOT_ISSUED = "credentials.not_issued"
    FACTOR_RESET_APPROVED = "factor_reset.approved"
    FACTOR_RESET_ASKED = "factor_reset.asked"
    FACTOR_RESET_EXPIRED = "factor_reset.expired"
    FACTOR_RESET_REFUSED = "factor_reset.refused"
    FIRST_SIGN_IN_INFORMATION = "first_sign_in.information"
    FIRST_SIGN_IN_PASSWORD = "first_sign_in.password"  # noqa: S105 - the name of an event
    CONSENT = "first_sign_in.consent"
    INFORMATION_CORRECTED = "information.corrected"
    EMAIL_CHANGE_ASKED = "email.change_asked"
    EMAIL_CHANGED = "email.changed"
    EMAIL_CONFIRMED = "email.confirmed"
    SIGN_IN_PROVISIONAL = "sign_in.provisional_accepted"
    SIGN_IN_TO_CHANGE = "sign_in.own_password_to_change"
    SIGN_IN_OWN = "sign_in.own_password_accepted"
    SIGN_IN_PASSKEY = "sign_in.passkey_accepted"
    SECOND_FACTOR_PROVEN = "second_factor.proven"
    SECOND_FACTOR_REFUSED = "second_factor.refused"
    RECOVERY_CODE_USED = "recovery_code.used"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    PROTECTION_DECLINED = "protection.declined"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LINK_SENT = "sign_in.link_sent"
    ALARM = "sign_in.alarm"
    EMAIL_BOUNCED = "email.bounced"
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "sessions.ended"
    PASSWORD_CHANGE_REQUIRED = "password.change_required"  # noqa: S105 - the name of an event
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an event
    CODE_REPLAYED = "code.replayed"
    TOKEN_REFUSED = "token.refused"  # noqa: S105 - the name of an event
    KEYS_ROTATED = "keys.rotated"
    REQUEST_REFUSED = "request.refused"
    TOKEN_REPLAYED = "token.replayed"  # noqa: S105 - the name of an event


LABELS: dict[Kind, str] = {
    Kind.ACCOUNT_ACTIVATED: "Première connexion terminée, compte activé",
    Kind.ACCOUNT_CLOSED: "Compte fermé",
    Kind.ACCOUNT_ERASED: "Données du compte fermé effacées",
    Kind.ACCOUNT_RESTORED: "Compte rétabli par la Caf",
    Kind.ACCOUNT_SUSPENDED: "Compte suspendu par la Caf",
    Kind.AGENT_ADDED: "Compte d’agent créé",
    Kind.AGENT_MOVED: "Agent rattaché à une autre Caf",
    Kind.CREDENTIALS_ISSUED: "Mot de passe provisoire envoyé",
    Kind.CREDENTIALS_NOT_ISSUED: "Mot de passe provisoire demandé, mais pas envoyé",
    Kind.FACTOR_RESET_APPROVED: "Seconde vérification retirée par la Caf",
    Kind.FACTOR_RESET_ASKED: "Retrait de la seconde vérification demandé à la Caf",
    Kind.FACTOR_RESET_EXPIRED: "Retrait de la seconde vérification non décidé à temps",
    Kind.FACTOR_RESET_REFUSED: "Retrait de la seconde vérification refusé par la Caf",
    Kind.FIRST_SIGN_IN_INFORMATION: "Informations données à la première connexion",
    Kind.FIRST_SIGN_IN_PASSWORD: "Mot de passe choisi",
    Kind.CONSENT: "Texte accepté",
    Kind.INFORMATION_CORRECTED: "Informations corrigées",
    Kind.EMAIL_CHANGE_ASKED: "Code demandé pour une adresse courriel",
    Kind.EMAIL_CHANGED: "Adresse courriel changée",
    Kind.EMAIL_CONFIRMED: "Adresse courriel confirmée",
    Kind.SIGN_IN_PROVISIONAL: "Connexion avec un mot de passe provisoire",
    Kind.SIGN_IN_TO_CHANGE: "Connexion avec un mot de passe à changer",
    Kind.SIGN_IN_OWN: "Connexion",
    Kind.SIGN_IN_PASSKEY: "Connexion avec une clé d’accès",
    Kind.SECOND_FACTOR_PROVEN: "Seconde vérification réussie",
    Kind.SECOND_FACTOR_REFUSED: "Seconde vérification refusée",
    Kind.RECOVERY_CODE_USED: "Code de secours utilisé",
    Kind.RECOVERY_CODES_MADE: "Codes de secours préparés",
    Kind.FACTOR_ADDED: "Protection ajoutée",
    Kind.FACTOR_REMOVED: "Protection retirée",
    Kind.PROTECTION_DECLINED: "Seconde vérification proposée et déclinée",
    Kind.SIGN_IN_FAILED: "Connexion refusée",
    Kind.SIGN_IN_LINK_SENT: "Lien envoyé pour faire connaître un appareil",
    Kind.ALARM: "Alarme\u00a0: beaucoup de connexions échouent",
    Kind.EMAIL_BOUNCED: "Courriel revenu, adresse à corriger",
    Kind.SIGN_OUT: "Déconnexion",
    Kind.SESSION_ENDED: "Session fermée",
    Kind.SESSIONS_ENDED: "Sessions fermées",
    Kind.PASSWORD_CHANGE_REQUIRED: "Changement de mot de passe demandé par la Caf",
    Kind.PASSWORD_CHANGED: "Mot de passe changé",
    Kind.CODE_REPLAYED: "Code d’autorisation présenté deux fois, accès fermé",
    Kind.TOKEN_REFUSED: "Jeton refusé à une application",
    Kind.KEYS_ROTATED: "Clé de signature des jetons changée",
    Kind.REQUEST_REFUSED: "Demande refusée à une application",
    Kind.TOKEN_REPLAYED: "Jeton présenté deux fois, accès fermé",
}


def label(kind: str) -> str:
    """The kind's French label; the kind itself if an older version of the product wrote one that no longer exists."""
    return LABELS[Kind(kind)] if kind in LABELS else kind


def chained(previous: str, position: int, content: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal of the previous row's hash, the position in the chain and the content.

    `content` holds strings, integers, None and mappings of these, so that both databases give the same bytes.
    """
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{position}\n{canonical}".encode()).hexdigest()
