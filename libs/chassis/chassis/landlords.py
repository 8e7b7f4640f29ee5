"""Whether a registry event may update a service's copy of a landlord; one rule for all services."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_


def may_change(known: Any, data: Mapping[str, Any]) -> ColumnElement[bool]:
    """SQL condition on the known row: a newer version, of the same Caf and organisation, unless an agent has moved the
    landlord since. `known` has caf_code, organisation_id, version and moves."""
    stays = and_(known.caf_code == data["caf_code"], known.organisation_id == UUID(data["organisation_id"]))
    moved: ColumnElement[bool] = known.moves < data.get("moves", 0)
    return and_(known.version < data["version"], or_(stays, moved))
