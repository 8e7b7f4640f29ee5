"""exports and answers

A version goes to the Caf in one batch, once: a trigger refuses to change the batch of a version that has one, or the
question that it answers.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "declaration_version"
# Name of the trigger, column, and when it refuses.
REFUSALS = (("exported_once", "export_id", "OLD.export_id IS NOT NULL"), ("same_question", "question", "TRUE"))


def upgrade() -> None:
    op.create_table(
        "answer_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("sent_by", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lines_total", sa.Integer(), nullable=True),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("lines_applied", sa.Integer(), nullable=False),
        sa.Column("lines_unchanged", sa.Integer(), nullable=False),
        sa.Column("lines_bad", sa.Integer(), nullable=False),
        sa.Column("landlords_told", sa.Integer(), nullable=False),
        sa.Column("unknown_columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_import")),
    )
    op.create_index(op.f("ix_answer_import_status"), "answer_import", ["status"], unique=False)
    op.create_index(
        "uq_answer_import_caf_code_sha256",
        "answer_import",
        ["caf_code", "sha256"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
        sqlite_where=sa.text("status <> 'refused'"),
    )

    op.create_table(
        "export_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=15), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("manifest", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=100), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_batch")),
        sa.UniqueConstraint("caf_code", "number", name=op.f("uq_export_batch_caf_code_number")),
    )
    op.create_index(op.f("ix_export_batch_status"), "export_batch", ["status"], unique=False)

    op.create_table(
        "export_series",
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("scheduled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("caf_code", name=op.f("pk_export_series")),
    )
    op.create_table(
        "answer_import_error",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("example", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["answer_import.id"], name=op.f("fk_answer_import_error_import_id_answer_import")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_answer_import_error")),
    )
    op.create_index(op.f("ix_answer_import_error_import_id"), "answer_import_error", ["import_id"], unique=False)

    op.create_table(
        "caf_answer",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=25), nullable=False),
        sa.Column("reason_code", sa.String(length=30), nullable=True),
        sa.Column("text", sa.String(length=400), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["rent_declaration.id"], name=op.f("fk_caf_answer_declaration_id_rent_declaration")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["answer_import.id"], name=op.f("fk_caf_answer_import_id_answer_import")
        ),
        sa.PrimaryKeyConstraint("declaration_id", "version", name=op.f("pk_caf_answer")),
    )
    op.create_index(op.f("ix_caf_answer_import_id_told"), "caf_answer", ["import_id", "told"], unique=False)

    op.add_column("declaration_version", sa.Column("question", sa.String(length=400), nullable=True))
    op.add_column("declaration_version", sa.Column("export_id", sa.Uuid(), nullable=True))
    op.create_index(
        op.f("ix_declaration_version_export_id_id"), "declaration_version", ["export_id", "id"], unique=False
    )

    op.add_column("rent_declaration", sa.Column("question", sa.String(length=400), nullable=True))
    _add_triggers()


def _add_triggers() -> None:
    postgresql_here = op.get_bind().dialect.name == "postgresql"
    for name, column, when in REFUSALS:
        act = (
            "FOR EACH ROW WHEN ({}) EXECUTE FUNCTION refuse_version_change()"
            if postgresql_here
            else "WHEN {} BEGIN SELECT RAISE(ABORT, 'a transmitted version never changes'); END"
        )
        op.execute(f"CREATE TRIGGER {TABLE}_{name} BEFORE UPDATE OF {column} ON {TABLE} " + act.format(when))


def downgrade() -> None:
    on = f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""
    for name, _column, _when in REFUSALS:
        op.execute(f"DROP TRIGGER {TABLE}_{name}{on}")
    op.drop_column("rent_declaration", "question")

    op.drop_index(op.f("ix_declaration_version_export_id_id"), "declaration_version")
    op.drop_column("declaration_version", "export_id")
    op.drop_column("declaration_version", "question")

    op.drop_index(op.f("ix_caf_answer_import_id_told"), "caf_answer")

    op.drop_table("caf_answer")
    op.drop_index(op.f("ix_answer_import_error_import_id"), "answer_import_error")

    op.drop_table("answer_import_error")
    op.drop_table("export_series")
    op.drop_index(op.f("ix_export_batch_status"), "export_batch")

    op.drop_table("export_batch")
    op.drop_index(
        "uq_answer_import_caf_code_sha256",
        "answer_import",
        postgresql_where=sa.text("status <> 'refused'"),
        sqlite_where=sa.text("status <> 'refused'"),
    )
    op.drop_index(op.f("ix_answer_import_status"), "answer_import")

    op.drop_table("answer_import")
