"""registry files of a million lines: a staging table without keys, and what is told told later

Lines that were staged when this runs are read again from their file.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TOLD = (("landlord", "version"), ("organisation", "portfolio_version"))


def upgrade() -> None:
    op.drop_table("registry_staging")
    op.create_table(
        "registry_staging",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("slice", sa.SmallInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("user_number", sa.String(length=14), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("civility", sa.String(length=10), nullable=True),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("landlord_address", JSON, nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("dwelling_ref", sa.String(length=100), nullable=False),
        sa.Column("dwelling_address", JSON, nullable=False),
        sa.Column("commune_insee", sa.String(length=5), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("furnished", sa.Boolean(), nullable=False),
        sa.Column("single_room", sa.Boolean(), nullable=False),
        sa.Column("dwelling_search", sa.String(length=400), nullable=False),
        sa.Column("tenant_number", sa.String(length=8), nullable=False),
        sa.Column("tenant_last_name", sa.String(length=100), nullable=False),
        sa.Column("tenant_first_name", sa.String(length=100), nullable=False),
        sa.Column("lease_start", sa.Date(), nullable=False),
        sa.Column("lease_end", sa.Date(), nullable=True),
        sa.Column("co_tenants", sa.Integer(), nullable=False),
        sa.Column("previous_rent", sa.BigInteger(), nullable=True),
        sa.Column("previous_charges", sa.BigInteger(), nullable=True),
        sa.Column("benefit_kind", sa.String(length=3), nullable=False),
        sa.Column("benefit_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_to_landlord", sa.Boolean(), nullable=True),
        sa.Column("sort_key", sa.String(length=250), nullable=False),
        sa.Column("tenant_search", sa.String(length=270), nullable=False),
    )
    op.create_index("ix_registry_staging_import_id_slice", "registry_staging", ["import_id", "slice"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE registry_staging SET UNLOGGED")
    op.add_column("registry_import", sa.Column("lines_merged", sa.Integer(), nullable=False, server_default="0"))
    for name, version in TOLD:
        op.add_column(name, sa.Column("told_version", sa.Integer(), nullable=False, server_default="0"))
        # All that is there was told when it was written.
        table = sa.table(name, sa.column("told_version"), sa.column(version))
        op.execute(table.update().values(told_version=table.c[version]))
        newer = sa.text(f"told_version < {version}")
        op.create_index(f"ix_{name}_untold", name, ["id"], postgresql_where=newer, sqlite_where=newer)


def downgrade() -> None:
    for name, _ in TOLD:
        op.drop_index(f"ix_{name}_untold", table_name=name)
        op.drop_column(name, "told_version")
    op.drop_column("registry_import", "lines_merged")
