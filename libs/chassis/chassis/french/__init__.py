"""How France writes things: pure values and their rules, which know nothing of the rest of the chassis."""
