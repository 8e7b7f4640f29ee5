"""forms that act once"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "content", name=op.f("pk_sent_form")),
    )
    op.create_index("ix_sent_form_owner_key", "sent_form", ["owner", "key"])
    op.create_index("ix_sent_form_at", "sent_form", ["at"])


def downgrade() -> None:
    op.drop_index("ix_sent_form_at", "sent_form")
    op.drop_index("ix_sent_form_owner_key", "sent_form")
    op.drop_table("sent_form")
