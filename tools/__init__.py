"""What `make` calls: set-up, locks and secrets. Nothing here is part of the product."""
