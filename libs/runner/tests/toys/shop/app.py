from chassis.db import service_metadata
from chassis.runtime import Service
from sqlalchemy import Column, Integer, String, Table

metadata = service_metadata()
sale = Table("sale", metadata, Column("seq", Integer, primary_key=True), Column("subject", String(40), nullable=False))
service = Service(
    name="shop",
    metadata=metadata,
    published=("shop.ordered.v1", "shop.spoiled.v1", "shop.unbound.v1", "shop.unheard.v1"),
)
