"""A toy service that listens."""
