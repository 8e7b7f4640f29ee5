"""when an organisation was named: an older name that comes late changes nothing"""

import sqlalchemy as sa
from alembic import op
from chassis.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("named_at", UtcDateTime(), nullable=True))
