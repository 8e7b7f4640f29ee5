"""one open request a Caf, so that none learns of another's"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REQUESTED = sa.text("state = 'requested'")
NATIONALLY = sa.text("state = 'requested' AND caf_code IS NULL")


def upgrade() -> None:
    op.drop_index("uq_factor_reset_requested", "factor_reset")
    _create("uq_factor_reset_requested", ["account_id", "caf_code"], REQUESTED)
    _create("uq_factor_reset_requested_nationally", ["account_id"], NATIONALLY)


def downgrade() -> None:
    op.drop_index("uq_factor_reset_requested_nationally", "factor_reset")
    op.drop_index("uq_factor_reset_requested", "factor_reset")
    _create("uq_factor_reset_requested", ["account_id"], REQUESTED)


def _create(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "factor_reset", columns, unique=True, postgresql_where=where, sqlite_where=where)
