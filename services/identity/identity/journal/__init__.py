"""The journal of every security event: written with the act, chained a moment later, anchored each day."""

from identity.journal.recording import record

__all__ = ["record"]
