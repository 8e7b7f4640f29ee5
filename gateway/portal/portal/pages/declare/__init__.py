"""« Déclarer un loyer »: the list of tenants, then five steps with one address each."""
