"""Fails a test whose SQL has a subquery that lists a table of an enclosing statement in its own FROM.

SQLAlchemy correlates a subquery with the statement directly around it, not further out, and gives no warning: what was
meant as a condition on the outer row becomes a join with all rows of its table. So a subquery over several tables may
not list one that an enclosing statement has; to read another row of it, use `join` or `aliased`. A subquery over a
single table is accepted. For tables of one FROM that no condition links, SQLAlchemy has its own warning, and warnings
are errors here.
"""

from typing import Any

from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import SQLCompiler

_slips: list[str] = []


class NotCorrelated(CompileError):
    """Names the table; link it with `any_row` or `correlate_except`, or alias it if another row is meant."""


def watch() -> None:
    """Checks every statement compiled in this process from now on; called once."""
    compose: Any = SQLCompiler._setup_select_stack

    def checked(self: Any, select: Any, state: Any, entry: Any, asfrom: bool, lateral: bool, index: Any) -> Any:
        # The tables this subquery could correlate with; a subquery in FROM sees none of its siblings.
        around, _ = self._enclosing_correlate_froms(entry, asfrom, lateral)
        froms = compose(self, select, state, entry, asfrom, lateral, index)
        twice = around & set(froms)
        if twice and len(state._get_display_froms()) > 1:
            _slips.append(f"{sorted(map(str, twice))} of the statement around are selected from again in: {select}")
            raise NotCorrelated(_slips[-1])
        return froms

    SQLCompiler._setup_select_stack = checked  # type: ignore[method-assign]  # the one place through which every SELECT goes


def taken() -> list[str]:
    """Returns the findings since the last call: an application may have turned the exception into a response."""
    found = _slips.copy()
    _slips.clear()
    return found
