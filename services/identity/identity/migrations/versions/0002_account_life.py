"""account life: roles, closing, tries of a provisional password, changes of e-mail"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "email_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_email_change_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
    )
    op.create_index(op.f("ix_email_change_expires_at"), "email_change", ["expires_at"])
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_email_change_open",
        "email_change",
        ["account_id"],
        unique=True,
        postgresql_where=still_open,
        sqlite_where=still_open,
    )
    for column in (
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("role_version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("bounced_email", sa.String(length=254), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_reason", sa.String(length=20), nullable=True),
        sa.Column("erased_at", moment, nullable=True),
    ):
        op.add_column("account", column)
    op.create_index(op.f("ix_account_closed_at"), "account", ["closed_at"])
    op.add_column("credential", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("credential", sa.Column("sent_to", sa.String(length=254), nullable=True))
