"""The whole journey, from the Caf's registry to the landlord's recap, over public HTTP only."""

from launcher.demo.journey.run import run

__all__ = ["run"]
