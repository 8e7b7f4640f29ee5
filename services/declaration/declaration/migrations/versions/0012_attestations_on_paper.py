"""attestations on paper

What came on paper bears the day it arrived; a trigger refuses to change it, as the rest of a transmitted version.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "declaration_version"
TRIGGER = f"{TABLE}_same_day"


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "paper_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("draft", json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("set_aside", json, nullable=True),
        sa.Column("typed_by", sa.String(length=100), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["rent_declaration.id"], name=op.f("fk_paper_return_declaration_id_rent_declaration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_return")),
    )
    op.create_index(op.f("ix_paper_return_caf_code_state_id"), "paper_return", ["caf_code", "state", "id"])
    op.create_index(op.f("ix_paper_return_declaration_id_id"), "paper_return", ["declaration_id", "id"])
    op.create_index(
        "uq_paper_return_being_typed",
        "paper_return",
        ["declaration_id"],
        unique=True,
        postgresql_where=sa.text("state = 'typing'"),
        sqlite_where=sa.text("state = 'typing'"),
    )
    op.add_column(TABLE, sa.Column("received_on", sa.Date(), nullable=True))
    op.add_column("rent_declaration", sa.Column("saved_by", sa.Uuid(), nullable=True))
    act = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_version_change()"
        if op.get_bind().dialect.name == "postgresql"
        else "BEGIN SELECT RAISE(ABORT, 'a transmitted version never changes'); END"
    )
    op.execute(f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OF received_on ON {TABLE} {act}")


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {TRIGGER}" + (f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""))
    op.drop_column("rent_declaration", "saved_by")
    op.drop_column(TABLE, "received_on")
    op.drop_index("uq_paper_return_being_typed", "paper_return")
    op.drop_index(op.f("ix_paper_return_declaration_id_id"), "paper_return")
    op.drop_index(op.f("ix_paper_return_caf_code_state_id"), "paper_return")
    op.drop_table("paper_return")
