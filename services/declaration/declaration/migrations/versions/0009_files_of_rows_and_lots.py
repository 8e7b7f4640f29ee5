"""files of rows and lots"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declaration_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknown_columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_import")),
    )
    with op.batch_alter_table("declaration_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_import_account_id_sha256"), ["account_id", "sha256"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_declaration_import_status"), ["status"], unique=False)

    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("reference", name=op.f("uq_lot_reference")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_status"), ["status"], unique=False)

    op.create_table(
        "declaration_import_line",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("cells", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("errors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("points", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("applied_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["declaration_import.id"],
            name=op.f("fk_declaration_import_line_import_id_declaration_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_declaration_import_line")),
    )
    with op.batch_alter_table("declaration_import_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_import_line_declaration_id_applied_revision"),
            ["declaration_id", "applied_revision"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_declaration_import_line_import_id_status"), ["import_id", "status"], unique=False
        )

    op.create_table(
        "lot_line",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=30), nullable=True),
        sa.Column("detail", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_line_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", "declaration_id", name=op.f("pk_lot_line")),
    )
    with op.batch_alter_table("lot_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lot_line_lot_id_status_declaration_id"), ["lot_id", "status", "declaration_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("lot_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_line_lot_id_status_declaration_id"))

    op.drop_table("lot_line")
    with op.batch_alter_table("declaration_import_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_import_line_import_id_status"))
        batch_op.drop_index(batch_op.f("ix_declaration_import_line_declaration_id_applied_revision"))

    op.drop_table("declaration_import_line")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_status"))
        batch_op.drop_index(batch_op.f("ix_lot_account_id"))

    op.drop_table("lot")
    with op.batch_alter_table("declaration_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_import_status"))
        batch_op.drop_index(batch_op.f("ix_declaration_import_account_id_sha256"))

    op.drop_table("declaration_import")
