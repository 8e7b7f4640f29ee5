"""The export file for a Caf: its columns as one table, its manifest, and when it is due."""
