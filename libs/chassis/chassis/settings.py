"""Settings: the same ``BAILLEURS_…`` keys in both deployment modes, read once at start."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

from environs import Env

ENVIRONMENTS = ("development", "test", "production")
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to write."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of every service. ``{service}`` in an address is replaced by the service's name."""

    service: str
    environment: str = "development"
    # SQLAlchemy URL: one file per service by default, one PostgreSQL database and role per service otherwise.
    database_url: str = "sqlite:///var/data/{service}.sqlite3"
    # Empty: events are relayed in process. Otherwise an AMQP address of RabbitMQ 4.
    amqp_url: str = ""
    public_url: str = "http://localhost:8080"
    # The URL of the tokens' public keys; empty: the launcher passes identity's own (all in one).
    jwks_url: str = ""
    audience: str = "bailleurs"
    # fsspec addresses: the service's own files, and the exchange storage that documents and notification share.
    storage_url: str = "file://var/storage/{service}"
    exchange_url: str = "file://var/exchange"
    # base64url of 32 bytes: seals personal data inside events (JWE "dir", A256GCM).
    event_key: str = ""
    # base64url of JWK sets, one EC key per service (kid = service): public keys to seal for it, its own to open.
    sealing_public_keys: str = ""
    sealing_private_keys: str = ""
    http_threads: int = 16
    # The number of our own proxies in front of this process: how many addresses of X-Forwarded-For to trust.
    trusted_proxies: int = 0
    log_format: str = "json"
    log_level: str = "info"
    inbox_max_attempts: int = 12

    def __post_init__(self) -> None:
        if self.environment not in ENVIRONMENTS:
            raise SettingsError(f"BAILLEURS_ENVIRONMENT : une valeur parmi {', '.join(ENVIRONMENTS)} est attendue.")
        for name in ("http_threads", "inbox_max_attempts"):
            if getattr(self, name) < 1:
                raise SettingsError(f"BAILLEURS_{name.upper()} : un nombre à partir de 1 est attendu.")
        if self.log_level not in LOG_LEVELS:
            raise SettingsError(f"BAILLEURS_LOG_LEVEL : une valeur parmi {', '.join(LOG_LEVELS)} est attendue.")
        for name in ("database_url", "amqp_url", "storage_url"):
            object.__setattr__(self, name, getattr(self, name).replace("{service}", self.service))
        if self.environment == "production" and not self.public_url.startswith("https://"):
            raise SettingsError("BAILLEURS_PUBLIC_URL : une adresse https est obligatoire en production.")

    @property
    def issuer(self) -> str:
        """RFC 8414: the issuer is the URL under which the discovery document is found."""
        return self.public_url

    @classmethod
    def load(cls, service: str) -> Self:
        """Reads each field from ``BAILLEURS_<FIELD>``; raises SettingsError naming the key that is wrong."""
        env = Env(prefix="BAILLEURS_")
        values: dict[str, Any] = {"service": service}
        for field in fields(cls):
            if field.name == "service":
                continue
            readers: dict[type, Callable[..., Any]] = {int: env.int, bool: env.bool, float: env.float}
            read = readers.get(type(field.default), env.str)
            try:
                values[field.name] = read(field.name.upper(), field.default)
            except ValueError as error:
                raise SettingsError(f"BAILLEURS_{field.name.upper()} : valeur illisible.") from error
        return cls(**values)
