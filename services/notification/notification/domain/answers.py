"""When the Caf's answers are worth a message to the landlord."""

from collections.abc import Mapping

# What waits for the landlord, and what is good to know; a control under way asks nothing and will have its own end.
WAITING = ("information_requested", "rejected")
GOOD_NEWS = ("integrated",)


def waiting(counts: Mapping[str, int]) -> int:
    """Declarations about which the landlord has something to do."""
    return sum(counts.get(answer, 0) for answer in WAITING)


def worth_writing(counts: Mapping[str, int], *, by_email: bool) -> bool:
    """Good news alone goes by e-mail, never by letter: the list shows it, and nothing is to be done."""
    return waiting(counts) > 0 or (by_email and any(counts.get(answer) for answer in GOOD_NEWS))
