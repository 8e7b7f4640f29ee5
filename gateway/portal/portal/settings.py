"""Settings of the portal."""

from dataclasses import dataclass

from chassis.settings import Settings, SettingsError


@dataclass(frozen=True, kw_only=True)
class PortalSettings(Settings):
    """`api_url` is where the portal itself reaches the gateway (or the single process); browsers use `public_url`."""

    api_url: str = "http://127.0.0.1:8080"
    # Shared with identity, which knows the portal as the client `portal`.
    portal_client_secret: str = ""
    # Signs the CSRF tokens of forms.
    session_key: str = ""
    session_idle_minutes: int = 60
    session_hours: int = 12
    # Time limit of each call to a service, in seconds; sending a registry file has its own limit.
    api_timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("portal_client_secret", "session_key"):
            if self.environment == "production" and not getattr(self, name):
                key = f"BAILLEURS_{name.upper()}"
                raise SettingsError(f"{key} est obligatoire en production ; « bailleurs secrets » en fait.")

    @property
    def is_https(self) -> bool:
        """Whether cookies may be marked as secure."""
        return self.public_url.startswith("https://")
