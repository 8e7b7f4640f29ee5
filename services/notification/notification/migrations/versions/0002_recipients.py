"""recipients and destinations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "administrator_term",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_administrator_term")),
    )
    with op.batch_alter_table("administrator_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_administrator_term_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "landlord",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("caf_code", sa.String(length=3), nullable=False),
        sa.Column("user_number", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("address_problem", sa.String(length=60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landlord")),
    )
    with op.batch_alter_table("landlord", schema=None) as batch_op:
        batch_op.create_index(
            "ix_landlord_address_problem",
            ["caf_code", "id"],
            unique=False,
            postgresql_where=sa.text("address_problem IS NOT NULL"),
            sqlite_where=sa.text("address_problem IS NOT NULL"),
        )
        batch_op.create_index("ix_landlord_user_number", ["user_number"], unique=False)

    with op.batch_alter_table("letter_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("abroad", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_number", sa.String(length=14), nullable=True))
        batch_op.add_column(sa.Column("abroad", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f("ix_message_user_number"), ["user_number"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_user_number"))
        batch_op.drop_column("abroad")
        batch_op.drop_column("user_number")

    with op.batch_alter_table("letter_batch", schema=None) as batch_op:
        batch_op.drop_column("abroad")

    with op.batch_alter_table("landlord", schema=None) as batch_op:
        batch_op.drop_index("ix_landlord_user_number")
        batch_op.drop_index(
            "ix_landlord_address_problem",
            postgresql_where=sa.text("address_problem IS NOT NULL"),
            sqlite_where=sa.text("address_problem IS NOT NULL"),
        )

    op.drop_table("landlord")
    with op.batch_alter_table("administrator_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_administrator_term_organisation_id"))

    op.drop_table("administrator_term")
