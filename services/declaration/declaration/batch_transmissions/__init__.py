"""Batch transmissions: requested once, run in the background; each declaration is transmitted as if it were alone."""
