"""tables under the words of the glossary"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CURRENT = {"unique": True, "postgresql_where": sa.text("until IS NULL"), "sqlite_where": sa.text("until IS NULL")}


def upgrade() -> None:
    _rename("mandate", "administrator_term")


def downgrade() -> None:
    _rename("administrator_term", "mandate")


def _rename(old: str, new: str) -> None:
    op.drop_index(f"uq_{old}_current", old)
    op.rename_table(old, new)
    op.create_index(f"uq_{new}_current", new, ["organisation_id"], **_CURRENT)
