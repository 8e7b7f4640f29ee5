"""Comparison and search keys of names and addresses: re-exports `chassis.french.folding` for the rules."""

from chassis.french.folding import folded, folded_each, terms

__all__ = ["folded", "folded_each", "terms"]
