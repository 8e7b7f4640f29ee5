"""two leases of one tenant in one dwelling are two tenancies"""

from alembic import op
from chassis.migrations import triggers_kept

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE, AFTER = ["dwelling_id", "tenant_number"], ["dwelling_id", "tenant_number", "lease_start"]


def upgrade() -> None:
    _key(BEFORE, AFTER)


def downgrade() -> None:
    _key(AFTER, BEFORE)


def _key(before: list[str], after: list[str]) -> None:
    with triggers_kept(op.get_bind()), op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"uq_tenancy_{'_'.join(before)}"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(f"uq_tenancy_{'_'.join(after)}"), after)
