"""Shared parts of this service's tables."""

from typing import Any, ClassVar

from chassis.account_status import with_account_status
from chassis.db import TYPES, Json, service_metadata
from chassis.rights import with_rights
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from declaration.api_types.campaigns import Contact
from declaration.api_types.exchange import Manifest
from declaration.api_types.many_tenants import CellError
from declaration.domain.draft import StoredDraft

STORED_AS_JSON = (StoredDraft, Contact, Manifest, dict[str, int], dict[str, str], list[CellError])


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = with_account_status(with_rights(service_metadata()))
    type_annotation_map: ClassVar[dict[Any, Any]] = {**TYPES, **dict.fromkeys(STORED_AS_JSON, Json)}
