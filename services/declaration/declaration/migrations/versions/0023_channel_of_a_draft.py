"""the channel by which a draft was saved last: that of the version made of it"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batches: on SQLite they make the table again, without its triggers.
    op.add_column("rent_declaration", sa.Column("draft_channel", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("rent_declaration", "draft_channel")
