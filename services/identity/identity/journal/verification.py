"""Verifies the whole chain and reports inconsistencies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.domain.security_events import GENESIS, chained
from identity.journal.jobs import anchor_mac
from identity.models import SecurityAnchor, SecurityEvent
from identity.settings import settings_of

# Maximum delay between writing and chaining a line: the longest transaction plus the restart of a stopped worker.
LATE = timedelta(minutes=15)
_READ_AT_ONCE = 1_000
# The database itself refuses to delete newer lines.
_SHORTEST_RETENTION = timedelta(days=180)


@dataclass
class Report:
    """`findings`: sentences; empty if the journal is consistent."""

    lines: int = 0
    waiting: int = 0
    anchors: int = 0
    position: int = 0
    hash: str = GENESIS
    findings: list[str] = field(default_factory=list)


def verify(runtime: Runtime, expected: tuple[int, str] | None = None) -> Report:
    """`expected`: a position and its hash taken from the log; only this detects that the last lines were removed."""
    report, settings = Report(), settings_of(runtime)
    with runtime.read_only() as session:
        anchors = list(session.scalars(select(SecurityAnchor).order_by(SecurityAnchor.position)))
        known = {anchor.position: anchor.hash for anchor in anchors}
        if expected is not None:
            report.findings += _contradictions(known, expected)
            known.setdefault(*expected)
        for anchor in anchors:
            if anchor_mac(settings, anchor.position, anchor.hash, anchor.made_at) != anchor.mac:
                report.findings.append(f"Ancre {anchor.position}\u00a0: elle n’a pas été faite avec la clé du service.")
        report.anchors = len(anchors)
        _walk(session, report, {one.position: one for one in anchors}, known)
        _look_at_waiting(session, report)
        beyond = [position for position in known if position > report.position]
        if beyond:
            missing = f"{report.position + 1} à {max(beyond)}"
            report.findings.append(f"Positions {missing}\u00a0: les dernières lignes manquent.")
    return report


def _contradictions(known: dict[int, str], expected: tuple[int, str]) -> Iterator[str]:
    position, chain_hash = expected
    if known.get(position, chain_hash) != chain_hash:
        yield f"Position {position}\u00a0: l’ancre n’est pas celle qui est attendue."


def _walk(session: Session, report: Report, anchors: dict[int, SecurityAnchor], known: dict[int, str]) -> None:
    """Continues after an inconsistency from the stored hash, so that each changed line is reported once."""
    statement = select(SecurityEvent).where(SecurityEvent.position.is_not(None)).order_by(SecurityEvent.position)
    lines = session.scalars(statement.execution_options(yield_per=_READ_AT_ONCE))
    latest: datetime | None = None
    for line in lines:
        position = line.position or 0
        if not report.lines:
            _start(report, anchors, position)
        elif position != report.position + 1:
            report.findings.append(f"Positions {report.position + 1} à {position - 1}\u00a0: des lignes manquent.")
            report.hash = ""
        if report.hash and chained(report.hash, position, line.content()) != line.hash:
            report.findings.append(f"Position {position}\u00a0: cette ligne, ou sa place, a été modifiée.")
        if known.get(position, line.hash) != line.hash:
            report.findings.append(f"Position {position}\u00a0: la chaîne a été refaite, elle contredit son ancre.")
        if latest is not None and line.at < latest - LATE:
            report.findings.append(f"Position {position}\u00a0: cette ligne est datée d’avant celles qui la précèdent.")
        latest = max(latest or line.at, line.at)
        report.lines, report.position, report.hash = report.lines + 1, position, line.hash or ""


def _start(report: Report, anchors: dict[int, SecurityAnchor], first: int) -> None:
    """The chain starts at position 1, or after an anchor old enough for the lines before it to be purged."""
    if first == 1:
        return
    start = anchors.get(first - 1)
    if start is None:
        report.hash = ""
        report.findings.append(f"Positions 1 à {first - 1}\u00a0: des lignes manquent, sans ancre qui les remplace.")
        return
    report.hash = start.hash
    if start.made_at > clock.now() - _SHORTEST_RETENTION:
        report.findings.append(f"Positions 1 à {first - 1}\u00a0: des lignes ont été supprimées avant leur terme.")


def _look_at_waiting(session: Session, report: Report) -> None:
    waiting = select(func.count(), func.min(SecurityEvent.at)).where(SecurityEvent.position.is_(None))
    report.waiting, oldest = session.execute(waiting).one()
    if oldest is not None and oldest < clock.now() - LATE:
        report.findings.append(
            f"{report.waiting} ligne(s) attendent leur place dans la chaîne depuis plus de 15 minutes."
        )
