"""one Caf a user number

A user number that two Cafs have registered stops the upgrade, before anything has changed: which of them it belongs to
is for people to say (docs/runbook.md).
"""

import sqlalchemy as sa
from alembic import op
from chassis.migrations import triggers_kept

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TWICE = sa.text(
    "SELECT user_number FROM landlord GROUP BY user_number HAVING count(*) > 1 ORDER BY user_number LIMIT 10"
)


def upgrade() -> None:
    if twice := op.get_bind().execute(TWICE).scalars().all():
        numbers = ", ".join(twice)
        raise ValueError(
            f"user numbers registered by two Cafs: {numbers}; see the runbook, “A user number of two Cafs”"
        )
    with triggers_kept(op.get_bind()), op.batch_alter_table("landlord", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_landlord_caf_code_user_number"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_landlord_user_number"), ["user_number"])
        batch_op.create_index(batch_op.f("ix_landlord_caf_code"), ["caf_code"], unique=False)


def downgrade() -> None:
    with triggers_kept(op.get_bind()), op.batch_alter_table("landlord", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_landlord_caf_code"))
        batch_op.drop_constraint(batch_op.f("uq_landlord_user_number"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_landlord_caf_code_user_number"), ["caf_code", "user_number"])
