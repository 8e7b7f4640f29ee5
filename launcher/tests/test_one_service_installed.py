"""The image of a service holds that one only: every command of the launcher starts there."""

import subprocess
import sys

import pytest

from launcher import services

OTHERS_MISSING = """
import importlib, pkgutil, sys
for other in sys.argv[1:]:
    sys.modules[other] = None
import launcher
names = [found.name for found in pkgutil.walk_packages(launcher.__path__, "launcher.")]
for name in names:
    if name != "launcher.__main__":
        importlib.import_module(name)
print(len(names))
"""


@pytest.mark.parametrize("name", [*services.NAMES, "none"])
def test_the_launcher_is_read_where_the_other_services_are_not(name: str) -> None:
    others = [other for other in (*services.NAMES, "portal") if other != name]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", OTHERS_MISSING, *others], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30
