"""The list of declarations: filtered, searched, sorted, counted, exported; the perimeter is inside each statement."""

from declaration.listing.filters import Filters, conditions

__all__ = ["Filters", "conditions"]
