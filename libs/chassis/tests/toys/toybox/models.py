from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from chassis.db import TYPES, service_metadata
from chassis.ids import new_id
from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata: ClassVar[MetaData] = service_metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Thing(Base):
    __tablename__ = "thing"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    amount: Mapped[Decimal | None]
    at: Mapped[datetime | None]
    extra: Mapped[dict[str, Any] | None]
