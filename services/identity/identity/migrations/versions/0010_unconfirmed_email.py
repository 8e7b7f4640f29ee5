"""an address typed is not the account's until its code comes back

That of an activated account counts as confirmed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("unconfirmed_email", sa.String(length=254), nullable=True))
    op.execute(
        "UPDATE account SET unconfirmed_email = email, email = NULL WHERE activated_at IS NULL AND email IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("account", "unconfirmed_email")
