"""Reports on a list of tenants: sent by a landlord, handled by the Caf, each statement with its perimeter."""
