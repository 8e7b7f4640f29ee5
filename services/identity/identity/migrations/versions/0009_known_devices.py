"""what makes a device known ends with the password; a recovery beyond the hour's number waits"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("password_generation", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("recovery_request", sa.Column("postponed_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("recovery_request", "postponed_until")
    op.drop_column("account", "password_generation")
