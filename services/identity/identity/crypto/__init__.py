"""Password hashes, and keys and digests derived from the service's key."""
