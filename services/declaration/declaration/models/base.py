"""Shared parts of this service's tables."""

from typing import Any, ClassVar

from chassis.account_status import with_account_status
from chassis.db import TYPES, service_metadata
from chassis.rights import with_rights
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from declaration.domain.draft import StoredDraft


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = with_account_status(with_rights(service_metadata()))
    type_annotation_map: ClassVar[dict[Any, Any]] = {**TYPES, StoredDraft: TYPES[dict[str, Any]]}
