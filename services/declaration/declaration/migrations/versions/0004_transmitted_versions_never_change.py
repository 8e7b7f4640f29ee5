"""a transmitted version never changes, whoever asks

What was received is what the receipt says (CRPA L. 112-11): content, hash, reference and date cannot be altered, nor the
row removed, not even by a mistake of ours. Only `state` moves: superseded, or the Caf's answer.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = "declaration_version"
COLUMNS = (
    *("id", "declaration_id", "version", "supersedes", "reason", "reference", "sha256", "snapshot", "transmitted_at"),
    *("late", "channel", "declarant_account_id"),
)
MESSAGE = "a transmitted version never changes"


def upgrade() -> None:
    columns = ", ".join(COLUMNS)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for name, event in (("update", f"UPDATE OF {columns}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {event} ON {TABLE} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_version_change()"
            )
        return
    for name, event in (("update", f"UPDATE OF {columns}"), ("delete", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {event} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )


def downgrade() -> None:
    on = f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""
    for name in ("update", "delete"):
        op.execute(f"DROP TRIGGER {TABLE}_no_{name}{on}")
    if on:
        op.execute("DROP FUNCTION refuse_version_change()")
