"""tables"""

from alembic import op
from chassis.migrations import create_chassis_tables
from shop.app import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    metadata.create_all(op.get_bind())
