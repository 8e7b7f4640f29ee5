"""Rebuilds the list of communes from the official one: `python -m tools.communes`, with npm.

The list (MIT, from Insee's Code officiel géographique) is published once a year by Etalab as an npm package; the
code and name that the service needs are kept in the repository, so that nothing is fetched at run time.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TypedDict

from chassis.french.communes import DATA

PACKAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
KINDS = frozenset({"commune-actuelle", "arrondissement-municipal"})
TARGET = Path(str(files("chassis"))) / "french" / "data" / DATA
SECONDS = 120


class Commune(TypedDict):
    code: str
    nom: str
    type: str


def compact(communes: list[Commune]) -> bytes:
    """`code;name` lines in order, gzipped without a date so that the same list gives the same bytes."""
    kept = sorted((each["code"], each["nom"]) for each in communes if each["type"] in KINDS)
    header = f"# {PACKAGE} {VERSION} (MIT), Insee, Code officiel géographique\n"
    text = header + "".join(f"{code};{name}\n" for code, name in kept)
    return gzip.compress(text.encode(), 9, mtime=0)


def fetch() -> list[Commune]:
    """The package's list. Raises CalledProcessError when npm cannot install it."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm est introuvable : installez Node.js.")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "install", "--prefix", folder, "--ignore-scripts", "--no-save", f"{PACKAGE}@{VERSION}"]
        subprocess.run(command, check=True, timeout=SECONDS, stdout=sys.stderr)
        source = Path(folder, "node_modules", PACKAGE, "data", "communes.json")
        found: list[Commune] = json.loads(source.read_text(encoding="utf-8"))
        return found


if __name__ == "__main__":
    TARGET.write_bytes(compact(fetch()))
