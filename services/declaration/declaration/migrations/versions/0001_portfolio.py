"""the portfolio"""

import sqlalchemy as sa
from alembic import op
from chassis.migrations import create_chassis_tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    op.create_table(
        "landlord",
        sa.Column("id", sa.Uuid(), nullable=False),
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
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landlord")),
        sa.UniqueConstraint("caf_code", "user_number", name=op.f("uq_landlord_caf_code_user_number")),
    )
    op.create_index(op.f("ix_landlord_organisation_id"), "landlord", ["organisation_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "dwelling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("landlord_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("commune_insee", sa.String(length=5), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("furnished", sa.Boolean(), nullable=False),
        sa.Column("single_room", sa.Boolean(), nullable=False),
        sa.Column("search", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["landlord_id"], ["landlord.id"], name=op.f("fk_dwelling_landlord_id_landlord")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwelling")),
        sa.UniqueConstraint("landlord_id", "reference", name=op.f("uq_dwelling_landlord_id_reference")),
    )
    op.create_table(
        "portfolio",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_portfolio_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "housing_type", "departement", name=op.f("pk_portfolio")),
    )
    op.create_table(
        "tenancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
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
        sa.Column("search", sa.String(length=270), nullable=False),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwelling.id"], name=op.f("fk_tenancy_dwelling_id_dwelling")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy")),
        sa.UniqueConstraint("dwelling_id", "tenant_number", name=op.f("uq_tenancy_dwelling_id_tenant_number")),
    )


def downgrade() -> None:
    op.drop_table("tenancy")
    op.drop_table("portfolio")
    op.drop_table("dwelling")
    op.drop_table("organisation")
    op.drop_table("landlord")
