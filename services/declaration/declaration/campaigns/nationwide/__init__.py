"""Opens the campaigns of all Cafs in one request."""
