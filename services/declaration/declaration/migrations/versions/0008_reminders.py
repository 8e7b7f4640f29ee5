"""reminders on the days of a campaign, and what its cut-off left"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("reminders", JSON, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("campaign", sa.Column("unfinished", JSON, nullable=True))
    op.add_column("asking", sa.Column("reminded_for", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("asking", "reminded_for")
    op.drop_column("campaign", "unfinished")
    op.drop_column("campaign", "reminders")
