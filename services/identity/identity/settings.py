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
    # Failed sign-ins of all in ten minutes beyond which fewer tries are free for everybody, and an alarm is logged.
    sign_in_failures_alarm: int = 2000
    # Recoveries of known accounts handled for all together; the others wait for the next hour.
    recoveries_per_hour: int = 20_000
    # What is kept of who held a closed account, to answer questions about it.
    closed_account_days: int = 365
    # Between the 6 and 12 months that the CNIL recommends for such lines (délibération 2021-122).
    security_journal_months: int = 12
    # The journal is anchored after so many minutes, or so many lines if they come first.
    journal_anchor_minutes: int = 15
    journal_anchor_lines: int = 500
    # How often those who must have a second factor may sign in before it is asked of them, the others before it is
    # offered to them.
    mfa_grace_sign_ins: int = 2
    # How long after proving who one is one may change what proves it.
    recent_proof_minutes: int = 10
    second_step_minutes: int = 10
    # How long a second agent has to decide that a lost second factor is taken away.
    factor_reset_hours: int = 48
    # A TOML file of this installation's own clients, beside those of the product; empty: there are none.
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
        """The setting of that name (``BAILLEURS_…``): one of these fields, else of the environment; empty: not set."""
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
        """How long one has after the password to prove the second factor."""
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
