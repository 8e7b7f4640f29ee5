"""The packages of the workspace and their requirements, read from their pyproject.toml files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("identity", "habilitation", "declaration", "notification", "documents")
DEPLOYABLES = {**{name: f"services/{name}" for name in SERVICES}, "portal": "gateway/portal"}
LAUNCHER = "launcher"
# In every image, whatever the deployable requires.
EVERYWHERE = ("libs/chassis", "libs/runner", LAUNCHER)
_PATTERNS = ("libs/*/pyproject.toml", "services/*/pyproject.toml", "gateway/portal/pyproject.toml")


@dataclass(frozen=True)
class Member:
    """One package: its folder (relative to the root), its name and its requirements (PEP 508 lines)."""

    folder: str
    name: str
    requirements: tuple[str, ...]
    test_requirements: tuple[str, ...] = ()


def members(root: Path = ROOT) -> dict[str, Member]:
    """Every package that exists, by normalised name, libraries first and the launcher last."""
    files = [file for pattern in _PATTERNS for file in sorted(root.glob(pattern))]
    launcher = root / LAUNCHER / "pyproject.toml"
    if launcher.exists():
        files.append(launcher)
    found = [_read(root, file) for file in files]
    return {member.name: member for member in found}


def third_party(root: Path, folder: str | None = None) -> list[str]:
    """Third-party requirements, sorted.

    With a folder: those of that deployable, of the workspace packages it needs and of what runs it
    (not of the other services, which the launcher also knows). Without: those of all packages.
    """
    known = members(root)
    chosen = list(known.values()) if folder is None else _needed(known, folder)
    lines = {line for member in chosen for line in member.requirements if package_name(line) not in known}
    _refuse_strangers(lines)
    return sorted(lines)


def test_tools(root: Path) -> list[str]:
    """Test requirements of packages beyond the common tools: their dependency groups named `test`."""
    return sorted({line for member in members(root).values() for line in member.test_requirements})


def package_name(requirement: str) -> str:
    """`Flask-WTF[email]>=1 ; …` → `flask-wtf` (PEP 503)."""
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement)
    return re.sub(r"[-_.]+", "-", match.group(1)).lower() if match else ""


def _refuse_strangers(lines: set[str]) -> None:
    # A registry may have anyone's package under the name of one of our folders.
    folders = {*SERVICES, "portal", "chassis", "runner", "webui", LAUNCHER}
    strangers = sorted(folders & {package_name(line) for line in lines})
    if strangers:
        raise SystemExit(
            f"A pyproject.toml asks for {', '.join(strangers)}: write bailleurs-{strangers[0]}, the workspace's own."
        )


def _needed(known: dict[str, Member], folder: str) -> list[Member]:
    wanted = [member for member in known.values() if member.folder == folder]
    needed: dict[str, Member] = {}
    while wanted:
        member = wanted.pop()
        needed[member.name] = member
        inner = {package_name(line) for line in member.requirements} & known.keys()
        wanted += [known[name] for name in inner if name not in needed]
    needed |= {member.name: member for member in known.values() if member.folder in EVERYWHERE}
    return [member for name, member in known.items() if name in needed]


def _read(root: Path, file: Path) -> Member:
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    project = content["project"]
    tests = tuple(content.get("dependency-groups", {}).get("test", ()))
    folder = file.parent.relative_to(root).as_posix()
    return Member(folder, package_name(project["name"]), tuple(project.get("dependencies", ())), tests)
