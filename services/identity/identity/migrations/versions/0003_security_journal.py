"""security journal"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = ("seq", "at", "kind", "account_id", "actor", "session_id", "network", "browser", "details")
# What may not be true of an UPDATE on SQLite, which compares rows column by column.
CHAINED_ONCE = " OR ".join(
    (
        "OLD.hash IS NOT NULL OR NEW.hash IS NULL OR NEW.position IS NULL",
        "EXISTS (SELECT 1 FROM security_event WHERE position = NEW.position)",
        *(f"OLD.{name} IS NOT NEW.{name}" for name in KEPT),
    )
)
ONLY_ADDED = "the security journal is only ever added to"
ONLY_CHAINED = "a line of the security journal never changes, it is given its place in the chain once"
NOT_YET = "a line of the security journal is kept until an anchor of more than 180 days stands after it"
POSTGRES_TRIGGERS = {
    "security_event": (
        ("born", "BEFORE INSERT", "WHEN (NEW.position IS NOT NULL OR NEW.hash IS NOT NULL)", ONLY_CHAINED),
        (
            "chained",
            "BEFORE UPDATE",
            "WHEN (OLD.hash IS NOT NULL OR NEW.hash IS NULL OR NEW.position IS NULL OR "
            + f"ROW({', '.join(f'OLD.{name}' for name in KEPT)}) IS DISTINCT FROM "
            + f"ROW({', '.join(f'NEW.{name}' for name in KEPT)}))",
            ONLY_CHAINED,
        ),
    ),
    "security_anchor": (
        ("changed", "BEFORE UPDATE", "", ONLY_ADDED),
        ("deleted", "BEFORE DELETE", "", ONLY_ADDED),
    ),
}
# A statement with OR REPLACE deletes rows without a word to the triggers on DELETE: it must be refused before.
SQLITE_TRIGGERS = {
    "security_event": (
        (
            "born",
            "INSERT",
            "NEW.position IS NOT NULL OR NEW.hash IS NOT NULL "
            "OR EXISTS (SELECT 1 FROM security_event WHERE seq = NEW.seq)",
            ONLY_CHAINED,
        ),
        ("chained", "UPDATE", CHAINED_ONCE, ONLY_CHAINED),
        (
            "kept",
            "DELETE",
            "NOT EXISTS (SELECT 1 FROM security_anchor WHERE position >= OLD.position "
            "AND made_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-180 days'))",
            NOT_YET,
        ),
    ),
    "security_anchor": (
        ("added", "INSERT", "EXISTS (SELECT 1 FROM security_anchor WHERE position = NEW.position)", ONLY_ADDED),
        ("changed", "UPDATE", "1", ONLY_ADDED),
        ("deleted", "DELETE", "1", ONLY_ADDED),
    ),
}


def upgrade() -> None:
    op.create_table(
        "security_anchor",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_security_anchor")),
    )
    op.create_table(
        "security_event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.Column("browser", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_security_event")),
        sa.UniqueConstraint("position", name=op.f("uq_security_event_position")),
    )
    op.create_index("ix_security_event_account_id_seq", "security_event", ["account_id", "seq"])
    waiting = sa.text("position IS NULL")
    op.create_index(
        "ix_security_event_unchained", "security_event", ["seq"], postgresql_where=waiting, sqlite_where=waiting
    )
    if op.get_bind().dialect.name == "postgresql":
        _postgres_triggers()
    else:
        _sqlite_triggers()


def downgrade() -> None:
    """The triggers go with their tables."""
    op.drop_table("security_event")
    op.drop_table("security_anchor")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_journal_change()")
        op.execute("DROP FUNCTION keep_journal()")


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM security_anchor WHERE position >= OLD.position "
        "AND made_at < now() - interval '180 days') THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER security_event_kept BEFORE DELETE ON security_event FOR EACH ROW "
        f"EXECUTE FUNCTION keep_journal('{NOT_YET}')"
    )
    for table, triggers in POSTGRES_TRIGGERS.items():
        for name, event, when, message in triggers:
            op.execute(
                f"CREATE TRIGGER {table}_{name} {event} ON {table} FOR EACH ROW {when} "
                f"EXECUTE FUNCTION refuse_journal_change('{message}')"
            )
        op.execute(
            f"CREATE TRIGGER {table}_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION refuse_journal_change('{ONLY_ADDED}')"
        )


def _sqlite_triggers() -> None:
    for table, triggers in SQLITE_TRIGGERS.items():
        for name, event, when, message in triggers:
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
