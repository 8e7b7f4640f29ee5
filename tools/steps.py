"""The set-up steps: inputs, outputs and commands."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Command = list[str]


@dataclass(frozen=True)
class Step:
    """`digest`: identifies the inputs, to tell whether the step is up to date; `made`: whether its outputs exist."""

    name: str
    label: str
    digest: str
    made: Callable[[], bool]
    commands: Callable[[], list[Command]]
    environment: dict[str, str]


@dataclass(frozen=True)
class Place:
    """The root of the workspace and its virtual environment."""

    root: Path
    venv: Path

    def tool(self, name: str) -> str:
        return str(self.venv / "bin" / name)

    def found(self, name: str) -> str:
        """A command of the system, else the one that an earlier step installed in the virtual environment."""
        return shutil.which(name) or self.tool(name)

    def environment(self) -> dict[str, str]:
        path = f"{self.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {**os.environ, "VIRTUAL_ENV": str(self.venv), "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def step(
        self, name: str, label: str, inputs: Iterable[Path], made: Path, commands: Callable[[], list[Command]]
    ) -> Step:
        return Step(name, label, digest(self.root, inputs), made.exists, commands, self.environment())


def steps(root: Path, venv: Path, dev: bool) -> list[Step]:
    """All steps, in order; those whose sources do not exist are left out."""
    place = Place(root, venv)
    chosen = [_builder(place), _locked(place, "all", "Installing what runs", "bin/granian")]
    if dev:
        chosen.append(_locked(place, "dev", "Installing what tests and checks", "bin/pytest"))
    chosen.append(_workspace(place))
    if (root / "libs/webui/webui/build.py").exists():
        chosen += [*_node(place), _static(place)]
    if (root / "services/documents/documents/rendering/fonts.py").exists():
        chosen.append(_fonts(place))
    if dev and (root / "launcher/tests/relying_party/package.json").exists():
        chosen.append(_relying_party(place))
    return chosen


def digest(root: Path, inputs: Iterable[Path]) -> str:
    """SHA-256 of the Python version, the location, and the names and contents of the files."""
    total = hashlib.sha256(f"{sys.version_info[:2]} {root}".encode())
    for file in sorted(inputs):
        total.update(file.relative_to(root).as_posix().encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _builder(place: Place) -> Step:
    lock = place.root / "requirements/build.txt"
    pip = [place.tool("python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
    return place.step("build", "Installing uv", [lock], place.venv / "bin/uv", lambda: [pip])


def _locked(place: Place, name: str, label: str, made: str) -> Step:
    lock = place.root / f"requirements/{name}.txt"
    return place.step(name, label, [lock], place.venv / made, lambda: [_install(place, lock)])


def _install(place: Place, lock: Path) -> Command:
    return [place.tool("uv"), "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]


def _workspace(place: Place) -> Step:
    files = [file for pattern in ("libs/*", "services/*", "gateway/portal", "launcher")
             for file in place.root.glob(f"{pattern}/pyproject.toml")]  # fmt: skip
    editable = [part for file in sorted(files) for part in ("--editable", str(file.parent))]
    command = [
        place.tool("uv"),
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-sources",
        "--no-build-isolation",
        *editable,
    ]
    made = place.venv / "bin/bailleurs"
    return place.step("workspace", "Linking the services", files, made, lambda: [command])


def _node(place: Place) -> list[Step]:
    if shutil.which("npm"):
        return []
    lock = place.root / "requirements/node.txt"
    return [place.step("node", "Installing Node.js", [lock], place.venv / "bin/npm", lambda: [_install(place, lock)])]


def _static(place: Place) -> Step:
    folder = place.root / "libs/webui"
    inputs = [folder / "package.json", folder / "package-lock.json", folder / "webui/build.py"]
    inputs += [file for kind in ("scss", "js", "img") for file in (folder / kind).glob("*.*")]
    command = [place.tool("python"), "-m", "webui.build"]
    made = folder / "webui/static/manifest.json"
    return place.step("static", "Building style sheets and scripts", _present(inputs), made, lambda: [command])


def _fonts(place: Place) -> Step:
    folder = place.root / "services/documents"
    inputs = [folder / "package.json", folder / "package-lock.json", folder / "documents/rendering/fonts.py"]
    command = [place.tool("python"), "-m", "documents.rendering.fonts"]
    made = folder / "documents/rendering/fonts"
    return place.step("fonts", "Fetching the fonts of the documents", _present(inputs), made, lambda: [command])


def _relying_party(place: Place) -> Step:
    folder = place.root / "launcher/tests/relying_party"
    inputs = [folder / "package.json", folder / "package-lock.json", folder / ".npmrc"]
    command = [place.found("npm"), "ci", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    made = folder / "node_modules/openid-client"
    return place.step("relying party", "Fetching the client that tests sign-in", inputs, made, lambda: [command])


def _present(files: list[Path]) -> list[Path]:
    return [file for file in files if file.exists()]
