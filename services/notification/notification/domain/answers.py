"""Which answers of the Caf are worth a message to the landlord."""

from collections.abc import Mapping

# What the landlord must act on, and what is only information; a check in progress asks nothing and will end by itself.
WAITING = ("information_requested", "rejected")
GOOD_NEWS = ("integrated",)


def waiting(counts: Mapping[str, int]) -> int:
    """The number of declarations on which the landlord has something to do."""
    return sum(counts.get(answer, 0) for answer in WAITING)


def worth_writing(counts: Mapping[str, int], *, by_email: bool) -> bool:
    """Good news alone goes by e-mail, never by letter: the list shows it, and there is nothing to do."""
    return waiting(counts) > 0 or (by_email and any(counts.get(answer) for answer in GOOD_NEWS))
