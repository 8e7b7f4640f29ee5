"""Settings of the declaration service."""

from dataclasses import dataclass

from chassis.settings import Settings


@dataclass(frozen=True, kw_only=True)
class DeclarationSettings(Settings):
    # Largest registry file taken, in bytes: a million lines are about 350 MB.
    registry_max_bytes: int = 500_000_000
