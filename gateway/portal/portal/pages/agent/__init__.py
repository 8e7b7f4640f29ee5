"""The Caf agents' pages."""
