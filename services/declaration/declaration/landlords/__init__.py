"""A landlord whose company or Caf changes."""
