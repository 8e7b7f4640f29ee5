"""registry imports, and the read model of rights"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_access")),
    )
    op.create_table(
        "registry_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=True),
        sa.Column("sent_by", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lines_total", sa.Integer(), nullable=True),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("lines_good", sa.Integer(), nullable=False),
        sa.Column("lines_bad", sa.Integer(), nullable=False),
        sa.Column("unknown_columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.Column("created_landlords", sa.Integer(), nullable=False),
        sa.Column("created_dwellings", sa.Integer(), nullable=False),
        sa.Column("created_tenancies", sa.Integer(), nullable=False),
        sa.Column("updated_landlords", sa.Integer(), nullable=False),
        sa.Column("updated_dwellings", sa.Integer(), nullable=False),
        sa.Column("updated_tenancies", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_import")),
    )
    op.create_index(op.f("ix_registry_import_status"), "registry_import", ["status"], unique=False)
    op.create_table(
        "access_scope",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("zone", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["access.account_id"], name=op.f("fk_access_scope_account_id_access")),
        sa.PrimaryKeyConstraint("account_id", "housing_type", "zone", name=op.f("pk_access_scope")),
    )
    op.create_table(
        "registry_import_error",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("example", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["registry_import.id"], name=op.f("fk_registry_import_error_import_id_registry_import")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_registry_import_error")),
    )
    op.create_index(op.f("ix_registry_import_error_import_id"), "registry_import_error", ["import_id"], unique=False)
    op.create_table(
        "registry_staging",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("landlord_key", sa.String(length=17), nullable=False),
        sa.Column("landlord_id", sa.Uuid(), nullable=False),
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("tenancy_id", sa.Uuid(), nullable=False),
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
        sa.Column("landlord_address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("dwelling_ref", sa.String(length=100), nullable=False),
        sa.Column("dwelling_address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["import_id"], ["registry_import.id"], name=op.f("fk_registry_staging_import_id_registry_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_registry_staging")),
    )
    op.create_index(
        op.f("ix_registry_staging_import_id_landlord_key"),
        "registry_staging",
        ["import_id", "landlord_key"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("registry_staging")
    op.drop_table("registry_import_error")
    op.drop_table("access_scope")
    op.drop_table("registry_import")
    op.drop_table("access")
