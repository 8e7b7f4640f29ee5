"""Read before any test."""

# The folder `launcher/` is named like the package in it: pytest's importlib mode would take the folder for the package
# of its tests, unless the package is known first.
from hypothesis import HealthCheck, settings

import launcher  # noqa: F401 - for the reason above

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
