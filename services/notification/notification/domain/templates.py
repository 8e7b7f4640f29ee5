"""The kinds of message: name, e-mail template, and the series in which the letter is printed."""

from dataclasses import dataclass
from enum import StrEnum


class Template(StrEnum):
    LOGIN = "login"
    PROVISIONAL_PASSWORD = "provisional_password"  # noqa: S105 - the name of a letter
    JULY = "july"
    REMINDER = "reminder"
    RECEIPT = "receipt"
    ANSWERED = "answered"
    REPORT_ANSWERED = "report_answered"
    LOT_RECEIPT = "lot_receipt"
    SECURITY_NOTICE = "security_notice"
    EMAIL_CONFIRMATION = "email_confirmation"
    EMAIL_TAKEN = "email_taken"
    SIGN_IN_LINK = "sign_in_link"


class Series(StrEnum):
    """What a print batch holds; a batch has one series, so passwords are only printed with other people's passwords."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"


SERIES_LABELS = {Series.ORDINARY: "Courriers ordinaires", Series.CONFIDENTIAL: "Mots de passe provisoires"}


@dataclass(frozen=True)
class Kind:
    """`email`: folder under `emails/`; `series` is None for what is never printed; a lower `rank` is sent first."""

    label: str
    email: str
    series: Series | None
    rank: int


# A person waiting at the screen for a password must not queue behind the 13,000 July messages of a Caf.
KINDS = {
    Template.LOGIN: Kind("Identifiant", "credentials_login", Series.ORDINARY, rank=0),
    Template.PROVISIONAL_PASSWORD: Kind("Mot de passe provisoire", "credentials_password", Series.CONFIDENTIAL, rank=0),
    Template.JULY: Kind("Demande de loyer de juillet", "july_request", Series.ORDINARY, rank=2),
    Template.REMINDER: Kind("Rappel", "reminder", Series.ORDINARY, rank=2),
    Template.RECEIPT: Kind("Accusé de réception", "receipt", Series.ORDINARY, rank=1),
    Template.ANSWERED: Kind("Réponse de la Caf", "answered", Series.ORDINARY, rank=2),
    Template.REPORT_ANSWERED: Kind("Réponse à un signalement", "report_answered", Series.ORDINARY, rank=2),
    Template.LOT_RECEIPT: Kind("Accusé de réception d’un lot", "lot_receipt", Series.ORDINARY, rank=1),
    Template.EMAIL_CONFIRMATION: Kind("Confirmation d’adresse", "email_confirmation", None, rank=0),
    Template.EMAIL_TAKEN: Kind("Adresse d’un autre compte", "email_taken", None, rank=0),
    Template.SIGN_IN_LINK: Kind("Lien de connexion", "sign_in_link", None, rank=0),
    Template.SECURITY_NOTICE: Kind("Sécurité du compte", "security_notice", None, rank=0),
}

# Identifiant perdu : « votre identifiant et votre mot de passe vous seront de nouveau envoyés » ; mot de passe oublié :
# « un nouveau mot de passe provisoire vous sera envoyé » (guide).
CREDENTIALS = {
    "creation": (Template.LOGIN, Template.PROVISIONAL_PASSWORD),
    "identifier_recovery": (Template.LOGIN, Template.PROVISIONAL_PASSWORD),
    "reissue": (Template.LOGIN, Template.PROVISIONAL_PASSWORD),
    "password_recovery": (Template.PROVISIONAL_PASSWORD,),
}

# The July letter has one attestation per tenant; more than this number would not fit in an envelope.
MOST_TENANTS_PER_LETTER = 500
