"""Rows, one per tenant: the grid and the file hold the three steps in the same cells, under the same rules."""
