"""Fails a test whose SQL holds a subquery that takes a table of an enclosing statement for one of its own.

SQLAlchemy links a subquery to the statement just around it, to none further out, and says nothing: what was meant as a
condition on the outer row becomes a join with all rows of its table. So a subquery that speaks of several tables never
lists one that an enclosing statement has: who means another row of it says so (`join`, `aliased`). One that speaks of
a single table is taken at its word. Tables of one FROM that no condition links are SQLAlchemy's own warning, and
warnings are errors here.
"""

from typing import Any

from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import SQLCompiler

_slips: list[str] = []


class NotCorrelated(CompileError):
    """Names the table; link it with `any_row` or `correlate_except`, or alias it if another row is meant."""


def watch() -> None:
    """From now on every statement compiled in this process is checked; called once."""
    compose: Any = SQLCompiler._setup_select_stack

    def checked(self: Any, select: Any, state: Any, entry: Any, asfrom: bool, lateral: bool, index: Any) -> Any:
        # What this subquery could refer to instead of having its own: a subquery in FROM sees nothing beside it.
        around, _ = self._enclosing_correlate_froms(entry, asfrom, lateral)
        froms = compose(self, select, state, entry, asfrom, lateral, index)
        twice = around & set(froms)
        if twice and len(state._get_display_froms()) > 1:
            _slips.append(f"{sorted(map(str, twice))} of the statement around are selected from again in: {select}")
            raise NotCorrelated(_slips[-1])
        return froms

    SQLCompiler._setup_select_stack = checked  # type: ignore[method-assign]  # the one place through which every SELECT goes


def taken() -> list[str]:
    """What was found since the last call: an application may have turned the exception into an answer."""
    found = _slips.copy()
    _slips.clear()
    return found
