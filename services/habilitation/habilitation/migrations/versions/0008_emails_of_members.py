"""members by e-mail: is it another account's"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_member_email"), "member", ["email"])


def downgrade() -> None:
    op.drop_index(op.f("ix_member_email"), table_name="member")
