"""Read before any test.

The folder `launcher/` is named like the package in it: pytest's importlib mode would take the folder for the package of
its tests, unless the package is known first.
"""

import launcher  # noqa: F401 - for the reason above
