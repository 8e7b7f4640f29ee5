"""How names and addresses are compared and searched here: `chassis.french.folding`, under the rules' own name."""

from chassis.french.folding import folded, folded_each, terms

__all__ = ["folded", "folded_each", "terms"]
