"""tables under the words of the glossary"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (("message_passage", "state_transition"),)
# Before, after, columns: an index bears its table's name.
INDEXES = (("message_passage", "state_transition", ("message_id",)),)


def upgrade() -> None:
    for old, _, columns in INDEXES:
        op.drop_index(_name(old, columns), old)
    for old, new in TABLES:
        op.rename_table(old, new)
    for _, new, columns in INDEXES:
        op.create_index(_name(new, columns), new, list(columns))


def downgrade() -> None:
    for _, new, columns in INDEXES:
        op.drop_index(_name(new, columns), new)
    for old, new in reversed(TABLES):
        op.rename_table(new, old)
    for old, _, columns in INDEXES:
        op.create_index(_name(old, columns), old, list(columns))


def _name(table: str, columns: tuple[str, ...]) -> str:
    return "_".join(("ix", table, *columns))
