"""Batches of letters for a print provider."""
