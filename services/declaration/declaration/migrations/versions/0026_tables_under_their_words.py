"""tables under the words of the glossary"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = (
    ("passage", "state_transition"),
    ("report_passage", "report_transition"),
    ("asking", "declaration_request"),
    ("receipt", "recap"),
    ("lot", "batch_transmission"),
    ("lot_line", "batch_transmission_line"),
)
# Before, after, columns: an index bears its table's name.
INDEXES = (
    ("passage", "state_transition", ("declaration_id",)),
    ("report_passage", "report_transition", ("report_id",)),
    ("asking", "declaration_request", ("asked_at",)),
    ("lot", "batch_transmission", ("account_id",)),
    ("lot", "batch_transmission", ("status",)),
    ("lot_line", "batch_transmission_line", ("lot_id", "status", "declaration_id")),
)


def upgrade() -> None:
    for old, _, columns in INDEXES:
        op.drop_index(_name(old, columns), old)
    for old, new in TABLES:
        op.rename_table(old, new)
    _rename_unique("batch_transmission", "uq_lot_reference", "uq_batch_transmission_reference")
    for _, new, columns in INDEXES:
        op.create_index(_name(new, columns), new, list(columns))


def downgrade() -> None:
    for _, new, columns in INDEXES:
        op.drop_index(_name(new, columns), new)
    _rename_unique("batch_transmission", "uq_batch_transmission_reference", "uq_lot_reference")
    for old, new in reversed(TABLES):
        op.rename_table(new, old)
    for old, _, columns in INDEXES:
        op.create_index(_name(old, columns), old, list(columns))


def _rename_unique(table: str, old: str, new: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(old, type_="unique")
        batch.create_unique_constraint(new, ["reference"])


def _name(table: str, columns: tuple[str, ...]) -> str:
    return "_".join(("ix", table, *columns))
