"""how accounts stand, agents' too"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_status",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=True),
        sa.Column("supervisor", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_status")),
    )
    op.execute(
        "INSERT INTO account_status (account_id, active, version) "
        "SELECT account_id, NOT suspended, version FROM account_standing"
    )
    op.drop_table("account_standing")


def downgrade() -> None:
    op.create_table(
        "account_standing",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_standing")),
    )
    op.execute(
        "INSERT INTO account_standing (account_id, suspended, version) "
        "SELECT account_id, NOT active, version FROM account_status"
    )
    op.drop_table("account_status")
