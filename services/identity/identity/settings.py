"""Settings of identity; durations are whole seconds, hours or days as named."""

import os
from dataclasses import dataclass
from datetime import timedelta

from chassis.keys import unb64
from chassis.runtime import Runtime
from chassis.settings import Settings as ChassisSettings
from chassis.settings import SettingsError

from identity.domain.credentials import Channel

SHORTEST_JOURNAL_MONTHS = 6


@dataclass(frozen=True, kw_only=True)
class Settings(ChassisSettings):
    # base64url of 32 bytes: encrypts the signing keys at rest and derives refresh tokens.
    identity_key: str = ""
    # Shared with the portal.
    portal_client_secret: str = ""
    provisional_email_hours: int = 72
    provisional_letter_days: int = 30
    access_token_seconds: int = 300
    authorization_code_seconds: int = 60
    session_idle_minutes: int = 60
    session_hours: int = 12
    signing_key_days: int = 30
    # Total failed sign-ins in ten minutes that log an alarm and reduce the free tries for everybody.
    sign_in_failures_alarm: int = 2000
    # Total recoveries of known accounts handled per hour; the others wait for the next hour.
    recoveries_per_hour: int = 20_000
    # Retention of the personal data of a closed account, to answer questions about it.
    closed_account_days: int = 365
    # The CNIL recommends between 6 and 12 months for such logs (délibération 2021-122).
    security_journal_months: int = 12
    # The journal is anchored after this many minutes or lines, whichever comes first.
    journal_anchor_minutes: int = 15
    journal_anchor_lines: int = 500
    # Sign-ins allowed before a second factor is required of those who must have one, or offered to the others.
    mfa_grace_sign_ins: int = 2
    # How long after a proof of identity the factors and password may be changed.
    recent_proof_minutes: int = 10
    second_step_minutes: int = 10
    # How long a second agent has to decide on the reset of a lost second factor.
    factor_reset_hours: int = 48
    # TOML file of this installation's own clients, besides those of the product; empty: none.
    clients_file: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.security_journal_months < SHORTEST_JOURNAL_MONTHS:
            raise SettingsError("BAILLEURS_SECURITY_JOURNAL_MONTHS\u00a0: six mois au moins sont gardés.")
        if self.environment != "production":
            return
        for name in ("portal_client_secret", "identity_key"):
            if not getattr(self, name):
                key = f"BAILLEURS_{name.upper()}"
                raise SettingsError(f"{key} est obligatoire en production ; « bailleurs secrets » en fait.")
        if "AUTHLIB_INSECURE_TRANSPORT" in os.environ:
            raise SettingsError("AUTHLIB_INSECURE_TRANSPORT permet de se passer de TLS : retirez-la en production.")
        if os.environ.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
            raise SettingsError("FLASK_DEBUG montre le programme aux visiteurs : retirez-la en production.")

    def named(self, key: str) -> str:
        """The setting named ``BAILLEURS_…``: from these fields, else from the environment; empty if not set."""
        field = key.removeprefix("BAILLEURS_").lower()
        return str(getattr(self, field)) if hasattr(self, field) else os.environ.get(key, "")

    @property
    def provisional_lifetimes(self) -> dict[Channel, timedelta]:
        return {
            Channel.EMAIL: timedelta(hours=self.provisional_email_hours),
            Channel.LETTER: timedelta(days=self.provisional_letter_days),
        }

    @property
    def security_journal_kept(self) -> timedelta:
        return timedelta(days=30.5) * self.security_journal_months

    @property
    def journal_anchored_every(self) -> timedelta:
        return timedelta(minutes=self.journal_anchor_minutes)

    @property
    def session_lifetime(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def recent_proof(self) -> timedelta:
        return timedelta(minutes=self.recent_proof_minutes)

    @property
    def second_step_lifetime(self) -> timedelta:
        """Time limit to prove the second factor after the password."""
        return timedelta(minutes=self.second_step_minutes)

    @property
    def identity_key_bytes(self) -> bytes:
        """Raises SettingsError unless it is 32 bytes."""
        key = unb64(self.identity_key)
        if len(key) != 32:
            raise SettingsError(
                "BAILLEURS_IDENTITY_KEY : 32 octets en base64url sont attendus ; « bailleurs secrets » en fait."
            )
        return key


def settings_of(runtime: Runtime) -> Settings:
    """The runtime's settings, with identity's own type."""
    if not isinstance(runtime.settings, Settings):
        raise SettingsError("Le service identity attend ses propres réglages.")
    return runtime.settings
