"""One act that opens the campaigns of all Cafs."""
