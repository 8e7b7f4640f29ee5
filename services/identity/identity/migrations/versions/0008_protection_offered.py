"""when a second factor was offered

Whoever has been shown « Protégez votre compte » as an obligation gets it once more, as the offer that it is for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("protection_offered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "protection_offered_at")
