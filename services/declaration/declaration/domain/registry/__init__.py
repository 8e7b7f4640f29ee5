"""The Caf's registry file: its columns as one table, and the reading of a line."""
