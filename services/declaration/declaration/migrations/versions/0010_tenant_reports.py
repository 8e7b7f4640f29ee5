"""what landlords report of their lists of tenants"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenant_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("landlord_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("housing_type", sa.String(length=20), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("commune_insee", sa.String(length=5), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_last_name", sa.String(length=100), nullable=False),
        sa.Column("tenant_first_name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("likeness", sa.String(length=64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["rent_declaration.id"], name=op.f("fk_tenant_report_declaration_id_rent_declaration")
        ),
        sa.ForeignKeyConstraint(["landlord_id"], ["landlord.id"], name=op.f("fk_tenant_report_landlord_id_landlord")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_report")),
        sa.UniqueConstraint("number", name=op.f("uq_tenant_report_number")),
    )
    with op.batch_alter_table("tenant_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenant_report_caf_code_id"), ["caf_code", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tenant_report_declaration_id"), ["declaration_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tenant_report_organisation_id_id"), ["organisation_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_tenant_report_unsettled",
            ["likeness"],
            unique=True,
            postgresql_where=sa.text("state IN ('received', 'in_progress')"),
            sqlite_where=sa.text("state IN ('received', 'in_progress')"),
        )

    op.create_table(
        "report_passage",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(length=15), nullable=True),
        sa.Column("to_state", sa.String(length=15), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["tenant_report.id"], name=op.f("fk_report_passage_report_id_tenant_report")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_report_passage")),
    )
    with op.batch_alter_table("report_passage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_passage_report_id"), ["report_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("report_passage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_passage_report_id"))

    op.drop_table("report_passage")
    with op.batch_alter_table("tenant_report", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tenant_report_unsettled",
            postgresql_where=sa.text("state IN ('received', 'in_progress')"),
            sqlite_where=sa.text("state IN ('received', 'in_progress')"),
        )
        batch_op.drop_index(batch_op.f("ix_tenant_report_organisation_id_id"))
        batch_op.drop_index(batch_op.f("ix_tenant_report_declaration_id"))
        batch_op.drop_index(batch_op.f("ix_tenant_report_caf_code_id"))

    op.drop_table("tenant_report")
