"""The scripts behind `make`: set-up, locks and secrets. Nothing here is part of the product."""
