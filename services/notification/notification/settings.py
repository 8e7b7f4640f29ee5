"""Notification's settings; each field is read from `BAILLEURS_<FIELD>`."""

from dataclasses import dataclass, field
from datetime import time

from chassis.settings import Settings as ChassisSettings
from chassis.settings import SettingsError

from notification.domain.batches import Cutoffs, HoursTooCloseError
from notification.sealed_files import printer_key


@dataclass(frozen=True, kw_only=True)
class Settings(ChassisSettings):
    # "caught": nothing is sent, each e-mail is a file in `mailbox_dir`. "smtp": a relay.
    mailer: str = "caught"
    mailbox_dir: str = "var/mailbox"
    smtp_host: str = "localhost"
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_username: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_timeout_seconds: float = 20.0
    mail_from_name: str = "Mon Compte Partenaire – Offre Bailleurs"
    mail_from_address: str = "ne-pas-repondre@bailleurs.example"
    # The address for bounces, separate from the one that people see.
    mail_bounce_address: str = "retours@bailleurs.example"
    # Where the print provider fetches its batches (fsspec address: a directory, S3, SFTP).
    print_url: str = "file://var/print"
    # base64url of a public JWK (EC): seals the batches that hold passwords for the printer alone.
    printer_public_key: str = ""
    letter_cutoff_ordinary: str = "10:00"
    letter_cutoff_confidential: str = "15:00"
    letter_batch_limit: int = 500
    # For development and demonstrations: batches are made as soon as letters exist.
    letter_batches_at_once: bool = False
    letter_receipt_working_days: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mailer not in ("caught", "smtp"):
            raise SettingsError("BAILLEURS_MAILER : « caught » ou « smtp » est attendu.")
        if self.smtp_security not in ("none", "starttls", "tls"):
            raise SettingsError("BAILLEURS_SMTP_SECURITY : « none », « starttls » ou « tls » est attendu.")
        if self.environment == "production":
            self._check_production()
        self._check_letters()

    def _check_letters(self) -> None:
        _ = self.cutoffs
        try:
            if self.printer_public_key:
                printer_key(self.printer_public_key)
        except ValueError as error:
            raise SettingsError(
                "BAILLEURS_PRINTER_PUBLIC_KEY : une clé publique JWK (EC) en base64url est attendue."
            ) from error

    def _check_production(self) -> None:
        if self.mailer != "smtp":
            raise SettingsError("BAILLEURS_MAILER : « smtp » est obligatoire en production.")
        if not self.printer_public_key:
            raise SettingsError(
                "BAILLEURS_PRINTER_PUBLIC_KEY : obligatoire en production, des mots de passe en dépendent."
            )
        if self.letter_batches_at_once:
            raise SettingsError("BAILLEURS_LETTER_BATCHES_AT_ONCE : réservé au développement.")

    @property
    def cutoffs(self) -> Cutoffs:
        """Raises SettingsError for invalid hours, or hours too close."""
        try:
            return Cutoffs(
                ordinary=time.fromisoformat(self.letter_cutoff_ordinary),
                confidential=time.fromisoformat(self.letter_cutoff_confidential),
            )
        except HoursTooCloseError as error:
            raise SettingsError(
                "BAILLEURS_LETTER_CUTOFF_ORDINARY et …_CONFIDENTIAL : plus d’une heure d’écart est attendue."
            ) from error
        except ValueError as error:
            raise SettingsError("BAILLEURS_LETTER_CUTOFF_… : une heure est attendue, par exemple « 10:00 ».") from error

    @property
    def message_id_domain(self) -> str:
        return self.mail_from_address.rpartition("@")[2]

    @property
    def sign_in_url(self) -> str:
        return f"{self.public_url}/connexion"

    @property
    def help_url(self) -> str:
        return f"{self.public_url}/compte/aide-connexion"

    @property
    def account_url(self) -> str:
        return f"{self.public_url}/compte/securite"

    @property
    def links(self) -> dict[str, str]:
        """The variables that every message may use."""
        return {
            "sign_in_url": self.sign_in_url,
            "help_url": self.help_url,
            "account_url": self.account_url,
            "portal_url": self.public_url,
        }

    def lot_url(self, lot_id: str) -> str:
        """The page of a batch transmission, for the signed-in declarant."""
        return f"{self.public_url}/declarer/lots/{lot_id}"

    def report_url(self, report_id: str) -> str:
        """The page with the Caf's answer, for the signed-in landlord."""
        return f"{self.public_url}/signalements/{report_id}"

    def recap_url(self, declaration_id: str) -> str:
        """The recap's page, for the signed-in declarant; the identifier gives no access by itself."""
        return f"{self.public_url}/declarer/{declaration_id}/confirmation"


def own(settings: ChassisSettings) -> Settings:
    """The runtime's settings, typed. Raises TypeError when started with another service's settings."""
    if not isinstance(settings, Settings):
        raise TypeError("notification runs with settings of its own")
    return settings
