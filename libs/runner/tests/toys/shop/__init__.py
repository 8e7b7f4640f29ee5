"""A toy service that publishes."""
