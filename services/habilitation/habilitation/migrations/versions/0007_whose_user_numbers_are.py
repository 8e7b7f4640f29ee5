"""whose user numbers are, and which Caf names an organisation

Of organisations at several Cafs that are there, the one that named them is not known: it is the first by its code.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMED = """
UPDATE organisation SET naming_caf = (
    SELECT min(caf_code) FROM organisation_caf WHERE organisation_caf.organisation_id = organisation.id
) WHERE named_at IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "user_number",
        sa.Column("number", sa.String(length=14), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_number_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_user_number")),
    )
    op.create_index(op.f("ix_user_number_organisation_id"), "user_number", ["organisation_id"])
    op.add_column("organisation", sa.Column("naming_caf", sa.String(length=3), nullable=True))
    op.execute(NAMED)


def downgrade() -> None:
    op.drop_column("organisation", "naming_caf")
    op.drop_table("user_number")
