"""French forms in e-mails; instants in Paris time."""

from datetime import datetime

from chassis.clock import PARIS
from chassis.french.formats import NBSP, declarations, long_date, user_number

__all__ = ["NBSP", "declarations", "instant", "long_date", "user_number"]


def instant(moment: datetime) -> str:
    """« 31 octobre 2027 à 14 h 05 (heure de Paris) »; `moment` is aware."""
    local = moment.astimezone(PARIS)
    return f"{long_date(local.date())} à {local.hour}{NBSP}h{NBSP}{local.minute:02d} (heure de Paris)"
