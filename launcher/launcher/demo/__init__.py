"""The demonstration: an invented registry, and the whole journey driven over public HTTP only."""
