"""postmark of a paper

The day of posting decides of the late mark where it is known; a trigger refuses to change it, as the day of receipt.
Who saved an attestation last, and when, is what a second agent is shown.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = "declaration_version"
TRIGGER = f"{TABLE}_same_postmark"


def upgrade() -> None:
    for table in ("paper_return", TABLE):
        op.add_column(table, sa.Column("posted_on", sa.Date(), nullable=True))
    op.add_column("paper_return", sa.Column("saved_by", sa.String(length=100), nullable=True))
    op.add_column("paper_return", sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True))
    act = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_version_change()"
        if op.get_bind().dialect.name == "postgresql"
        else "BEGIN SELECT RAISE(ABORT, 'a transmitted version never changes'); END"
    )
    op.execute(f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OF posted_on ON {TABLE} {act}")


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {TRIGGER}" + (f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""))
    op.drop_column("paper_return", "saved_at")
    op.drop_column("paper_return", "saved_by")
    for table in (TABLE, "paper_return"):
        op.drop_column(table, "posted_on")
