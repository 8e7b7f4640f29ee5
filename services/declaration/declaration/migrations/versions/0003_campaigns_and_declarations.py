"""campaigns and declarations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("contact", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("caf_code", "year", name=op.f("uq_campaign_caf_code_year")),
    )
    op.create_table(
        "asking",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("landlord_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_asking_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["landlord_id"], ["landlord.id"], name=op.f("fk_asking_landlord_id_landlord")),
        sa.PrimaryKeyConstraint("campaign_id", "landlord_id", name=op.f("pk_asking")),
    )
    op.create_index(op.f("ix_asking_asked_at"), "asking", ["asked_at"], unique=False)
    op.create_table(
        "rent_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("tenancy_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=25), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("exemption", sa.String(length=25), nullable=True),
        sa.Column("amendment_reason", sa.String(length=500), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_rent_declaration_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_rent_declaration_tenancy_id_tenancy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rent_declaration")),
        sa.UniqueConstraint("campaign_id", "tenancy_id", name=op.f("uq_rent_declaration_campaign_id_tenancy_id")),
    )
    op.create_index(
        op.f("ix_rent_declaration_campaign_id_state"), "rent_declaration", ["campaign_id", "state"], unique=False
    )
    op.create_index(op.f("ix_rent_declaration_tenancy_id"), "rent_declaration", ["tenancy_id"], unique=False)
    op.create_table(
        "declaration_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=25), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("transmitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("declarant_account_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["rent_declaration.id"],
            name=op.f("fk_declaration_version_declaration_id_rent_declaration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_version")),
        sa.UniqueConstraint("declaration_id", "version", name=op.f("uq_declaration_version_declaration_id_version")),
        sa.UniqueConstraint("reference", name=op.f("uq_declaration_version_reference")),
    )
    op.create_table(
        "passage",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=25), nullable=False),
        sa.Column("from_state", sa.String(length=25), nullable=True),
        sa.Column("to_state", sa.String(length=25), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["rent_declaration.id"], name=op.f("fk_passage_declaration_id_rent_declaration")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_passage")),
    )
    op.create_index(op.f("ix_passage_declaration_id"), "passage", ["declaration_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["rent_declaration.id"], name=op.f("fk_receipt_declaration_id_rent_declaration")
        ),
        sa.PrimaryKeyConstraint("declaration_id", "version", name=op.f("pk_receipt")),
    )


def downgrade() -> None:
    op.drop_table("receipt")
    op.drop_table("passage")
    op.drop_table("declaration_version")
    op.drop_table("rent_declaration")
    op.drop_table("asking")
    op.drop_table("campaign")
