"""Caf agents: their accounts, their perimeter, and their actions on other accounts."""
