"""what lists are narrowed to and sorted by, beside the state

Copied from campaign and portfolio, so that one index serves a page of a list and its counts. The triggers follow the
portfolio in its own transaction, whoever writes it: rights are checked on these columns.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "rent_declaration"
COLUMNS = {
    "organisation_id": (sa.Uuid(), "landlord.organisation_id"),
    "caf_code": (sa.String(length=3), "campaign.caf_code"),
    "housing_type": (sa.String(length=20), "dwelling.housing_type"),
    "departement": (sa.String(length=3), "dwelling.departement"),
    "commune_insee": (sa.String(length=5), "dwelling.commune_insee"),
    "tenant_key": (sa.String(length=270), "tenancy.search"),
    "place_key": (sa.String(length=400), "dwelling.search"),
}
COPIED = ", ".join(f"{name} = {source}" for name, (_, source) in COLUMNS.items())
FILL = (
    f"UPDATE {TABLE} SET {COPIED} "  # noqa: S608 - our own names
    "FROM tenancy, dwelling, landlord, campaign WHERE tenancy.id = rent_declaration.tenancy_id "
    "AND dwelling.id = tenancy.dwelling_id AND landlord.id = dwelling.landlord_id "
    "AND campaign.id = rent_declaration.campaign_id"
)
# Portfolio table -> what follows (our column, its column) and which declarations.
FOLLOWED = {
    "tenancy": ({"tenant_key": "search"}, "tenancy_id = NEW.id"),
    "dwelling": (
        {
            "housing_type": "housing_type",
            "departement": "departement",
            "commune_insee": "commune_insee",
            "place_key": "search",
        },
        "tenancy_id IN (SELECT id FROM tenancy WHERE dwelling_id = NEW.id)",
    ),
    "landlord": (
        {"organisation_id": "organisation_id"},
        "tenancy_id IN (SELECT tenancy.id FROM tenancy JOIN dwelling ON dwelling.id = tenancy.dwelling_id "
        "WHERE dwelling.landlord_id = NEW.id)",
    ),
}
INDEXES = (("organisation_id", "state", "tenant_key", "id"), ("caf_code", "state", "tenant_key", "id"))


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, (kind, _) in COLUMNS.items():
        # SQLite can only add a NOT NULL column with a default, and could not copy this table: others refer to it.
        column = sa.Column(name, kind, nullable=postgresql, server_default=None if postgresql else sa.text("''"))
        op.add_column(TABLE, column)
    op.add_column(TABLE, sa.Column("rent", sa.BigInteger(), nullable=True))
    op.execute(FILL)
    for name, (kind, _) in COLUMNS.items() if postgresql else ():
        op.alter_column(TABLE, name, existing_type=kind, nullable=False)
    for columns in INDEXES:
        op.create_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), TABLE, list(columns))
    for source, (columns, which) in FOLLOWED.items():
        copied = ", ".join(f"{ours} = NEW.{theirs}" for ours, theirs in columns.items())
        follow = f"UPDATE {TABLE} SET {copied} WHERE {which};"  # noqa: S608 - our own names
        event = f"AFTER UPDATE OF {', '.join(columns.values())} ON {source}"
        if postgresql:
            differs = " OR ".join(f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in columns.values())
            body = f"BEGIN {follow} RETURN NULL; END"
            op.execute(f"CREATE FUNCTION declarations_follow_{source}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            op.execute(
                f"CREATE TRIGGER declarations_follow_{source} {event} FOR EACH ROW WHEN ({differs}) "
                f"EXECUTE FUNCTION declarations_follow_{source}()"
            )
        else:
            differs = " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in columns.values())
            op.execute(f"CREATE TRIGGER declarations_follow_{source} {event} WHEN {differs} BEGIN {follow} END")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for source in FOLLOWED:
        op.execute(f"DROP TRIGGER declarations_follow_{source}" + (f" ON {source}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION declarations_follow_{source}()")
    for columns in INDEXES:
        op.drop_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), table_name=TABLE)
    for name in (*COLUMNS, "rent"):
        op.drop_column(TABLE, name)
