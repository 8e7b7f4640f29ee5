"""what is said of a line of the registry that goes in all the same"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("severity", sa.String(length=10), nullable=False, server_default="error")
    op.add_column("registry_import_error", column)


def downgrade() -> None:
    op.drop_column("registry_import_error", "severity")
