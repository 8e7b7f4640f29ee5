"""names of groups: one of each in an organisation, whatever its case and spaces"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GROUP = sa.table(
    "group",
    sa.column("id", sa.Uuid()),
    sa.column("organisation_id", sa.Uuid()),
    sa.column("label", sa.String()),
    sa.column("automatic", sa.Boolean()),
    sa.column("label_key", sa.String()),
)


def upgrade() -> None:
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.add_column(sa.Column("label_key", sa.String(length=240), nullable=True))
    fill(op.get_bind())
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.alter_column("label_key", existing_type=sa.String(length=240), nullable=False)
        batch_op.create_index("uq_group_organisation_label", ["organisation_id", "label_key"], unique=True)


def fill(connection: sa.Connection) -> None:
    """The older of two of one name keeps it; the other becomes « … (2) »."""
    taken: dict[object, set[str]] = defaultdict(set)
    rows = connection.execute(sa.select(GROUP).order_by(GROUP.c.automatic.desc(), GROUP.c.id)).all()
    for row in rows:
        label, number = row.label, 1
        while key(label) in taken[row.organisation_id]:
            number += 1
            ending = f" ({number})"
            label = row.label[: 120 - len(ending)] + ending
        taken[row.organisation_id].add(key(label))
        values = {"label": label, "label_key": key(label)}
        connection.execute(sa.update(GROUP).where(GROUP.c.id == row.id).values(**values))


def key(label: str) -> str:
    """As `habilitation.domain.label_key` was when this migration was written."""
    return " ".join(label.casefold().split())[:240]


def downgrade() -> None:
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.drop_index("uq_group_organisation_label")
        batch_op.drop_column("label_key")
