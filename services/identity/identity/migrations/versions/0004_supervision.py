"""supervision: suspensions, and acts with their reason"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("account", sa.Column("password_change_required_at", moment, nullable=True))
    op.create_table(
        "supervision_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_act")),
    )
    op.create_index(op.f("ix_supervision_act_account_id"), "supervision_act", ["account_id"])
    op.create_index(op.f("ix_supervision_act_at"), "supervision_act", ["at"])
    op.create_table(
        "suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint("(account_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_suspension_of_one")),
        _of_account("suspension"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    for column in ("account_id", "organisation_id"):
        _one_at_a_time(f"uq_suspension_{column.removesuffix('_id')}", "suspension", column, "ended_at IS NULL")


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id_account")
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=name, ondelete="CASCADE")


def _one_at_a_time(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], unique=True, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for table in ("suspension", "supervision_act"):
        op.drop_table(table)
    op.drop_column("account", "password_change_required_at")
