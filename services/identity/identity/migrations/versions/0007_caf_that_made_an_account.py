"""the Caf whose registry made an account

Of those that are there: the Caf of the organisation's first user number, whose landlords' ids are in the order of time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FIRST = """
UPDATE account SET registry_caf = (
    SELECT caf_code FROM user_number WHERE user_number.organisation_id = account.organisation_id
    ORDER BY landlord_id LIMIT 1
) WHERE kind = 'landlord' AND principal
"""


def upgrade() -> None:
    op.add_column("account", sa.Column("registry_caf", sa.String(length=3), nullable=True))
    op.execute(FIRST)


def downgrade() -> None:
    op.drop_column("account", "registry_caf")
