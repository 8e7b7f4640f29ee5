"""Uploaded files: stored, parsed in a separate process, with errors per line."""
