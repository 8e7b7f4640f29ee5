"""Operator commands, run at the command line without a person's token."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis import clock, inbox
from chassis.auth import Caller
from chassis.ids import random_reference
from chassis.runtime import Runtime, Service
from chassis.settings import SettingsError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from runner import housekeeping

from launcher import schema

if TYPE_CHECKING:
    # Each image holds one service: what this module needs of one is imported where it is used.
    from declaration.api_types.campaigns import Contact

ACTOR = "command line"
# The journal records the command line, not a person, as the author.
NOBODY = UUID(int=0)
SHOWN_ERRORS = 50


def migrate(runtime: Runtime) -> None:
    schema.upgrade(runtime)


def backlog(runtime: Runtime) -> tuple[str, str, str, str]:
    """Numbers of events to send, to handle and dead, and the age in seconds of the oldest pending one."""
    with runtime.read_only() as session:
        out, into = housekeeping.to_send(session), housekeeping.to_handle(session)
    oldest = max(out.oldest_seconds, into.oldest_seconds)
    return str(out.pending), str(into.pending), str(into.dead), f"{oldest:.0f}"


def replay(runtime: Runtime, event_id: str) -> int:
    """How many dead events were queued again: one, or all for an empty id. Raises SettingsError for a bad id."""
    try:
        event = UUID(event_id) if event_id else None
    except ValueError:
        raise SettingsError("« --event » attend l’id d’un événement (un UUID, en entier).") from None
    with runtime.transaction() as session:
        return inbox.replay(session, event)


def add_agent(identity: Runtime, caf: str, *, login: str, email: str, supervisor: bool) -> dict[str, str]:
    """Login and provisional password of a new agent; the password is shown only here."""
    from identity.supervision import agents

    schema.upgrade(identity)
    chosen = login or random_reference("AGENT", groups=1)
    address = email or f"{chosen.lower()}@caf{caf}.example"
    password = agents.add(identity, login=chosen, caf_code=caf, email=address, supervisor=supervisor)
    return {"login": chosen, "password": password, "caf_code": caf}


def move_agent(identity: Runtime, login: str, caf: str, *, supervisor: bool) -> None:
    """Raises NotFound when no agent has that login."""
    from identity.supervision import agents

    schema.upgrade(identity)
    agents.move(identity, login=login, caf_code=caf, supervisor=supervisor)


def rotate_keys(identity: Runtime, *, at_once: bool) -> None:
    from identity.oidc import signing_keys

    schema.upgrade(identity)
    signing_keys.rotate_now(identity, at_once=at_once)


def signing_keys(identity: Runtime) -> list[tuple[str, str, str, str]]:
    """For each key: id, UTC instants of the start and end of signing, and the end of publication."""
    from identity.oidc import signing_keys

    schema.upgrade(identity)
    return [
        (key.kid, clock.iso(key.signs_from), clock.iso(key.signs_until), clock.iso(key.published_until))
        for key in signing_keys.published_keys(identity)
    ]


def verify_journal(service: Runtime, console: Console, expect: str = "") -> int:
    """0: the journal is intact, 1: it is not, 2: not identity, or ``expect`` is not ``position:hash``."""
    from identity.journal.verification import verify

    position, _, chain_hash = expect.partition(":")
    if service.name != "identity" or (expect and not (position.isdecimal() and chain_hash)):
        console.print("[red]Seul le journal d’identity est chaîné ; l’attendu s’écrit POSITION:EMPREINTE.[/]")
        return 2
    expected = (int(position), chain_hash) if expect else None
    report = verify(service, expected)
    console.print(f"{report.lines} ligne(s) chaînée(s), {report.anchors} ancre(s), {report.waiting} en attente.")
    console.print(f"Fin de la chaîne : {report.position}:{report.hash}", soft_wrap=True)
    for finding in report.findings:
        console.print(finding, style="red", markup=False, soft_wrap=True)
    console.print("[red]Le journal ne tient pas.[/]" if report.findings else "[green]Le journal tient.[/]")
    return 1 if report.findings else 0


def import_registry(declaration: Runtime, file: Path, console: Console, *, caf_code: str | None = None) -> int:
    """Imports with a progress bar and prints the report; 0: all lines accepted, 1: some rejected, 2: file refused.

    With ``caf_code``, lines of other Cafs are rejected, as when an agent of that Caf sends the file.
    """
    schema.upgrade(declaration)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Import", total=None)
        report = load_registry(
            declaration,
            file,
            lambda state: progress.update(task, completed=state["lines_done"], total=state["lines_total"]),
            caf_code=caf_code,
        )
    if report["refusal"]:
        console.print(f"[red]Fichier refusé : {report['refusal']}[/]")
        return 2
    _print_report(declaration, report, console)
    return 1 if report["lines_bad"] else 0


def load_registry(
    declaration: Runtime,
    file: Path,
    progress: Callable[[Mapping[str, Any]], None],
    *,
    caf_code: str | None = None,
) -> Mapping[str, Any]:
    """The import's report, as the API shows it; ``progress`` is called with the same after each batch."""
    from declaration.registry import import_path

    return import_path(declaration, file, ACTOR, progress, caf_code=caf_code)


def _print_report(declaration: Runtime, report: Mapping[str, Any], console: Console) -> None:
    from declaration.registry import queries

    for column in report["unknown_columns"]:
        # Text from the file: its square brackets are not markup.
        console.print(f"Colonne inconnue, ignorée : {column}", style="yellow", markup=False)
    console.print(f"{report['lines_good']} ligne(s) prises, {report['lines_bad']} à corriger.")
    with declaration.read_only() as session:
        errors = queries.errors(session, _operator(supervisor=True), UUID(report["id"]), None, SHOWN_ERRORS)
    if not errors["items"]:
        return
    table = Table("ligne", "colonne", "suite", "erreur", "règle", "exemple")
    for error in errors["items"]:
        outcome = "prise en compte" if error["severity"] == "warning" else "écartée"
        table.add_row(
            str(error["line"]), error["column"], outcome, *(error[name] for name in ("message", "rule", "example"))
        )
    console.print(table)
    if errors["total"] > SHOWN_ERRORS:
        console.print(f"… et {errors['total'] - SHOWN_ERRORS} autre(s), à lire dans l’espace des agents.")


def open_campaign(
    declaration: Runtime,
    caf: str,
    year: int,
    deadline: date,
    cut_off: date,
    contact: Contact | None = None,
) -> dict[str, int]:
    """Creates the year's campaign of a Caf and opens it; returns how many requests. Raises Conflict when open.

    ``contact``: of the Caf's service; defaults to last year's.
    """
    from declaration.campaigns import commands
    from declaration.schemas import AskedCampaign

    new: AskedCampaign = {
        "caf_code": caf,
        "year": year,
        "deadline": deadline,
        "cut_off": cut_off,
        "opens_on": None,
        # None: the usual dates.
        "reminders": None,
        "contact": contact,
    }
    operator = _operator(caf=caf)
    with declaration.transaction() as session:
        return commands.start(session, operator.sub, commands.create(session, operator, new))


def _operator(*, caf: str | None = None, supervisor: bool = False) -> Caller:
    return Caller(NOBODY, "agent", None, caf, supervisor, frozenset(), (), "")


def write_revision(service: Service, number: str, message: str) -> None:
    """Writes the difference between the models and a temporary database migrated to the last revision."""
    from chassis import migrations

    with tempfile.TemporaryDirectory() as directory:
        settings = service.settings(service=service.name, database_url=f"sqlite:///{directory}/new.sqlite3")
        runtime = Runtime(service, settings)
        schema.upgrade(runtime)
        migrations.revision(runtime, message, number)
        runtime.dispose()
