"""Whether a registry event may update a service's copy of a landlord; one rule for all services."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def may_change(known: Any, given: Any) -> ColumnElement[bool]:
    """SQL condition on the columns of the known and the given row: a newer version, of the same Caf and organisation,
    unless an agent has moved the landlord since. Both have caf_code, organisation_id, version and moves."""
    stays = and_(known.caf_code == given.caf_code, known.organisation_id == given.organisation_id)
    return and_(known.version < given.version, or_(stays, known.moves < given.moves))
