"""Settings of the declaration service."""

from dataclasses import dataclass

from chassis.settings import Settings, SettingsError

from declaration.domain.exports import schedule
from declaration.domain.exports.schedule import Hours


@dataclass(frozen=True, kw_only=True)
class DeclarationSettings(Settings):
    # Largest registry file accepted, in bytes: a million lines are about 350 MB.
    registry_max_bytes: int = 500_000_000
    # Processes that read one large registry file (30 MB each), and on PostgreSQL its slices merged at a time.
    registry_workers: int = 2
    # Largest file of answers accepted, in bytes: 100,000 lines are about 10 MB.
    answers_max_bytes: int = 60_000_000
    # French hours of the scheduled exports: `6` for every Caf, `6,359=20` for all but one.
    # Empty: agents request each batch.
    export_hours: str = ""
    # Days after the Caf's receipt for which a batch's file can still be downloaded.
    export_retention_days: int = 90
    # Largest file of filled rows accepted, in bytes and in lines: one for 5,000 tenants weighs 600 kB.
    import_max_bytes: int = 5_000_000
    import_max_lines: int = 10_000
    # Limits of the process that reads such a file: bytes of memory, seconds.
    import_read_memory: int = 512_000_000
    import_read_seconds: int = 30
    # Days after which the lines of a file, and lines left out of batches, are purged.
    many_kept_days: int = 30

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.export_schedule
        if self.export_retention_days < 1:
            raise SettingsError("BAILLEURS_EXPORT_RETENTION_DAYS : un nombre de jours à partir de 1 est attendu.")

    @property
    def export_schedule(self) -> Hours:
        """Raises SettingsError."""
        try:
            return schedule.read(self.export_hours)
        except ValueError as error:
            raise SettingsError(
                "BAILLEURS_EXPORT_HOURS : des heures sont attendues, par exemple « 6,359=20 »."
            ) from error


def own(settings: Settings) -> DeclarationSettings:
    """The runtime's settings as this service's. Raises TypeError when started with another service's."""
    if not isinstance(settings, DeclarationSettings):
        raise TypeError("declaration runs with settings of its own")
    return settings
