"""What a campaign has left behind in each database, counted past every API: nothing may be lost, nothing doubled."""

from launcher.demo.waiting import wait_for

from support.stack import SERVICES, Stack

# An e-mail whose sender was killed at that moment leaves again once its claim is stale, three minutes later.
SETTLED_SECONDS = 360.0


def settle(stack: Stack) -> None:
    """Waits until no event is on its way and no message is to be sent. Raises StepFailed with what still waits."""
    wait_for("every event handled and every message sent", lambda: _settled(stack), seconds=SETTLED_SECONDS)


def _settled(stack: Stack) -> bool:
    # Looked at again at the end: what was in a queue is an inbox's row by then.
    return not unfinished(stack) and not queued(stack) and not unfinished(stack)


def queued(stack: Stack) -> dict[str, int]:
    """How many events the broker holds, by queue: rows of no table until their service is connected again."""
    listed = stack.broker("list_queues", "--vhost", "bailleurs", "--no-table-headers", "name", "messages")
    counts = {name: int(count) for name, count in (line.split() for line in listed.splitlines())}
    return {name: count for name, count in counts.items() if count and name.endswith(".events")}


def unfinished(stack: Stack) -> dict[str, int]:
    """How many rows wait, by table."""
    rows = {f"{name} {table}": (name, sql) for name in SERVICES for table, sql in WAITING.items()}
    counts = _numbers(stack, rows | {"messages": ("notification", MOVING)})
    return {name: count for name, count in counts.items() if count}


def dead(stack: Stack) -> dict[str, int]:
    """Events that were given up, by service."""
    counts = _numbers(
        stack, {name: (name, "SELECT count(*) FROM inbox WHERE dead_at IS NOT NULL") for name in SERVICES}
    )
    return {name: count for name, count in counts.items() if count}


def _numbers(stack: Stack, asked: dict[str, tuple[str, str]], **variables: str) -> dict[str, int]:
    return dict(zip(asked, stack.numbers(list(asked.values()), **variables), strict=True))


WAITING = {
    "outbox": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    "inbox": "SELECT count(*) FROM inbox WHERE done_at IS NULL AND dead_at IS NULL",
}
# What the registry, the campaign and the transmissions made of a Caf: (database, number of rows).
COUNTS = {
    "landlords": ("declaration", "SELECT count(*) FROM landlord WHERE caf_code = :'caf'"),
    "transmissions": (
        "declaration",
        "SELECT count(*) FROM declaration_version v JOIN rent_declaration d ON d.id = v.declaration_id"
        " JOIN campaign c ON c.id = d.campaign_id WHERE c.caf_code = :'caf'",
    ),
    "receipts known": (
        "declaration",
        "SELECT count(*) FROM recap r JOIN rent_declaration d ON d.id = r.declaration_id"
        " JOIN campaign c ON c.id = d.campaign_id WHERE c.caf_code = :'caf'",
    ),
    "accounts": (
        "identity",
        "SELECT count(*) FROM account WHERE principal AND organisation_id IN"
        " (SELECT organisation_id FROM user_number WHERE caf_code = :'caf')",
    ),
    "credentials": (
        "identity",
        "SELECT count(*) FROM credential c JOIN account a ON a.id = c.account_id WHERE a.principal"
        " AND a.organisation_id IN (SELECT organisation_id FROM user_number WHERE caf_code = :'caf')",
    ),
    "organisations": ("habilitation", "SELECT count(*) FROM organisation_caf WHERE caf_code = :'caf'"),
    "administrators": (
        "habilitation",
        "SELECT count(*) FROM administrator_term WHERE until IS NULL AND organisation_id IN"
        " (SELECT organisation_id FROM organisation_caf WHERE caf_code = :'caf')",
    ),
    "documents": ("documents", "SELECT count(*) FROM document WHERE caf_code = :'caf'"),
    "messages": ("notification", "SELECT count(*) FROM message WHERE caf_code = :'caf'"),
}
MOVING = "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending', 'to_compose', 'composed')"


def counted(stack: Stack, caf: str) -> dict[str, int]:
    """Rows of that Caf in all five databases."""
    return _numbers(stack, COUNTS, caf=caf)
