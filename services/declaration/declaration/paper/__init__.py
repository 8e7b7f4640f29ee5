"""Attestations that came back on paper: found by two numbers, typed apart, filed or discarded by an agent."""
