"""withdrawn users, and the version of what identity told of a person"""

import sqlalchemy as sa
from alembic import op
from chassis.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
    op.add_column("member", sa.Column("person_version", sa.Integer(), nullable=False, server_default="0"))
