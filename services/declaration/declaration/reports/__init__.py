"""Reports on a list of tenants: sent by a landlord, handled by the Caf, with the perimeter in each statement."""
