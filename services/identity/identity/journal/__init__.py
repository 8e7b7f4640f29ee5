"""Security journal: lines are written with the action, chained a moment later, then anchored regularly."""

from identity.journal.commands import record

__all__ = ["record"]
