"""The list of declarations: narrowed, searched, sorted, counted, exported; the perimeter inside each statement."""

from declaration.listing.filters import Filters, conditions

__all__ = ["Filters", "conditions"]
