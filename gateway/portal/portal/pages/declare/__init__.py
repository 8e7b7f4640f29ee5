"""« Déclarer un loyer »: the list of tenants, then five steps, each with its own URL."""
