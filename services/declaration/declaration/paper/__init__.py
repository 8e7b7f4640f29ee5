"""Attestations on paper: found by two numbers, typed separately, filed or discarded by an agent."""
