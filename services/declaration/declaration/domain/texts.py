"""How names and addresses are compared and searched here: `chassis.folding`, by the name that the rules know it by."""

from chassis.folding import folded, folded_each, terms

__all__ = ["folded", "folded_each", "terms"]
