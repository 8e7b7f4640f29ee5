"""Supervision by the Caf's agents: their perimeter and their actions on accounts."""
