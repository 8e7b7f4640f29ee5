"""Changes of a landlord's company or Caf."""
