"""receipts of lots"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot_document",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("campaign_year", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("transmitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declarations", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_document")),
        sa.UniqueConstraint("reference", name=op.f("uq_lot_document_reference")),
    )
    with op.batch_alter_table("lot_document", schema=None) as batch_op:
        batch_op.create_index("ix_lot_document_kept_until", ["kept_until"], unique=False)

    op.create_table(
        "lot_scope",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot_document.lot_id"], name=op.f("fk_lot_scope_lot_id_lot_document")),
        sa.PrimaryKeyConstraint("lot_id", "housing_type", "departement", "commune", name=op.f("pk_lot_scope")),
    )


def downgrade() -> None:
    op.drop_table("lot_scope")
    with op.batch_alter_table("lot_document", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_document_kept_until")

    op.drop_table("lot_document")
