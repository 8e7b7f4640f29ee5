"""Lines of a slice that are well formed and cannot go in: they leave it, each with what is wrong with it.

All lines that name a user number are of one slice, so that what is found here is the same whoever merges what first.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, aliased

from declaration.domain.registry import lines
from declaration.models import Landlord
from declaration.registry import errors
from declaration.registry.levels import LINE, SLICE

# Lines deleted in one statement.
AT_ONCE = 1_000


def refuse(session: Session, import_id: UUID, *, known: bool) -> int:
    """How many lines have left the slice. `known`: some of its user numbers are registered."""
    refused = 0
    # Whom a number belongs to is known first; of a new one, the first line that names it says so.
    for foreign in ([_of_another_caf()] if known else []) + [_of_two_cafs()]:
        numbers: Sequence[int] = session.execute(foreign.order_by(LINE.line)).scalars().all()
        errors.add(session, import_id, [lines.not_yours(number) for number in numbers[: errors.KEPT]])
        _leave(session, numbers)
        refused += len(numbers)
    return refused


def _of_another_caf() -> Select[Any]:
    owned = Landlord.user_number == LINE.user_number
    return select(LINE.line).join(Landlord, owned).where(Landlord.caf_code != LINE.caf_code)


def _of_two_cafs() -> Select[Any]:
    """Lines that name another Caf than the first of the same user number."""
    mixed = func.min(LINE.caf_code) != func.max(LINE.caf_code)
    first = select(func.min(LINE.line).label("line")).group_by(LINE.user_number).having(mixed).subquery()
    owner = aliased(SLICE)
    owners = select(owner.c.user_number, owner.c.caf_code).join(first, first.c.line == owner.c.line).subquery()
    named = owners.c.user_number == LINE.user_number
    return select(LINE.line).join(owners, named).where(owners.c.caf_code != LINE.caf_code)


def _leave(session: Session, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), AT_ONCE):
        session.execute(delete(SLICE).where(LINE.line.in_(numbers[start : start + AT_ONCE])))
