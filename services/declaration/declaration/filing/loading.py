"""Loads a declaration with all related rows, as the caller may see it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.problems import NotFound
from chassis.runtime import Runtime
from sqlalchemy import ScalarSelect, Select, bindparam, select
from sqlalchemy.orm import Session

from declaration.domain.draft import Draft
from declaration.domain.states import State
from declaration.filing import rows
from declaration.filing.row_draft import RowDraft
from declaration.filing.rows import Beside
from declaration.filing.view import DeclarationView
from declaration.models import Campaign, DeclarationVersion, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import Sight, joined, parameters, sight_of, visible, visible_with

WEB = "web"
PAPER = "paper"
FILE = "file"


@dataclass(frozen=True)
class LoadedDeclaration(DeclarationView):
    """Its rows belong to the session: what commands change in them is written."""

    row: RentDeclaration
    campaign: Campaign
    tenancy: Tenancy
    dwelling: Dwelling
    landlord: Landlord
    # The steps come from an uploaded file, not from a page.
    from_file: bool = False

    @cached_property
    def _stored(self) -> RowDraft:
        return RowDraft(self.row)

    @property
    def draft(self) -> Draft:
        return self._stored.draft

    def store(self, draft: Draft) -> None:
        self._stored.draft = draft

    @property
    def channel(self) -> str:
        """Agents type what came back on paper."""
        return PAPER if self.caller.kind == "agent" else FILE if self.from_file else WEB

    @property
    def declarant(self) -> UUID | None:
        """The landlord's person who acts; None for the Caf."""
        return self.caller.sub if self.caller.kind == "landlord" else None


def many(
    session: Session, caller: Caller, declaration_ids: Iterable[UUID], *, change: bool = False, from_file: bool = False
) -> dict[UUID, LoadedDeclaration]:
    """Those inside the caller's perimeter; others are left out. `change` locks the rows, always in the same order."""
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord)
    statement = statement.where(RentDeclaration.id.in_(declaration_ids), visible(caller)).order_by(RentDeclaration.id)
    if change:
        statement = statement.with_for_update(of=RentDeclaration)
    today = clock.today()
    # Another transaction may have changed rows that this session read earlier.
    found = session.execute(statement.execution_options(populate_existing=True))
    return {loaded.row.id: loaded for loaded in (of_row(row, caller, today, from_file) for row in found)}


def of_row(row: Any, caller: Caller, today: date, from_file: bool = False) -> LoadedDeclaration:
    """From a row of `joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord)`."""
    declaration, campaign, tenancy, dwelling, landlord = row
    return LoadedDeclaration(declaration, campaign, tenancy, dwelling, landlord, caller, today, from_file=from_file)


def read(runtime: Runtime, caller: Caller, declaration_id: UUID) -> tuple[DeclarationView, Beside]:
    """To be shown, with what is beside it: one statement. Raises NotFound outside the caller's perimeter."""
    found = runtime.rows(_read(sight_of(caller)), {"_id": declaration_id, **parameters(caller)})
    if not found:
        raise NotFound
    parts = [rows.split(each, rows.MAIN, rows.BESIDE) for each in found]
    beside = rows.beside(parts)
    standing = State(beside.transmissions[0].version.state) if beside.transmissions else None
    row, campaign, tenancy, dwelling, landlord = parts[0][: len(rows.MAIN)]
    return DeclarationView(row, campaign, tenancy, dwelling, landlord, caller, clock.today(), standing), beside


def beside(session: Session, loaded: LoadedDeclaration) -> Beside:
    """What is shown beside a declaration that has just been changed."""
    found = session.connection().execute(_BESIDE, {"_id": loaded.row.id})
    return rows.beside([rows.split(each, rows.BESIDE) for each in found])


def find(session: Session, caller: Caller, declaration_id: UUID, *, change: bool = False) -> LoadedDeclaration:
    """Raises NotFound outside the caller's perimeter. `change` locks the row until the end of the transaction."""
    named = {"_id": declaration_id, **parameters(caller)}
    found: Any = session.execute(_find(sight_of(caller), change), named).one_or_none()
    if found is None:
        raise NotFound
    *entities, standing = found
    return replace(of_row(entities, caller, clock.today()), standing=State(standing) if standing else None)


# Built once each: building these statements takes longer than executing them.
_ID = RentDeclaration.id == bindparam("_id")
_BESIDE = rows.with_beside(select(*rows.columns(rows.BESIDE)).select_from(RentDeclaration)).where(_ID)


@cache
def _read(sight: Sight) -> Select[Any]:
    return rows.with_beside(joined(*rows.columns(rows.MAIN, rows.BESIDE))).where(_ID, visible_with(sight))


@cache
def _find(sight: Sight, change: bool) -> Select[Any]:
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord, _standing())
    statement = statement.where(_ID, visible_with(sight))
    return statement.with_for_update(of=RentDeclaration) if change else statement


def standing_version(session: Session, declaration_id: UUID) -> DeclarationVersion | None:
    """The transmitted version that counts: the newest."""
    return session.execute(_newest(DeclarationVersion, declaration_id)).scalar_one_or_none()


def _standing() -> ScalarSelect[str]:
    return _newest(DeclarationVersion.state, RentDeclaration.id).correlate(RentDeclaration).scalar_subquery()


def _newest(what: Any, declaration_id: Any) -> Select[Any]:
    of_this = select(what).where(DeclarationVersion.declaration_id == declaration_id)
    return of_this.order_by(DeclarationVersion.version.desc()).limit(1)
