"""Supervision by the Caf's agents: who they may act on, and what each act does at once."""
