"""Documents' settings; each field is read from `BAILLEURS_<FIELD>`."""

from dataclasses import dataclass
from typing import cast

from chassis import runtime
from chassis.settings import Settings as ChassisSettings
from chassis.settings import SettingsError
from sqlalchemy.orm import Session


@dataclass(frozen=True, kw_only=True)
class Settings(ChassisSettings):
    # 0 renders in the calling process: for tests, and where a second process is not allowed.
    render_processes: int = 1
    # A letter of 500 pages or a lot of 5,000 declarations takes a minute of one core of 2026, more where others use it;
    # what takes longer is stopped.
    render_seconds: int = 600
    # Of addresses, per process: the largest of these documents uses 1,200.
    render_megabytes: int = 3_000
    # A process is replaced after this many files, which frees whatever it keeps in memory.
    render_recycle_after: int = 500
    # Full calendar years after the campaign's: as long as the Caf may claim benefits back (2 years, more in case of
    # fraud), the landlord needs the proof.
    retention_years: int = 6

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.render_processes < 0:
            raise SettingsError("BAILLEURS_RENDER_PROCESSES : un nombre positif ou nul est attendu.")
        for name in ("render_seconds", "render_megabytes", "render_recycle_after", "retention_years"):
            if getattr(self, name) < 1:
                raise SettingsError(f"BAILLEURS_{name.upper()} : un nombre d’au moins 1 est attendu.")


def settings_of(session: Session) -> Settings:
    """The settings of the session's service."""
    return cast("Settings", runtime.of(session).settings)
