"""The requirements of each deployable, and when a lock is stale."""

from pathlib import Path

import pytest

from tools import lock
from tools.workspace import DEPLOYABLES, ROOT, members, package_name, third_party


def package(root: Path, folder: str, *requirements: str) -> None:
    place = root / folder
    place.mkdir(parents=True)
    lines = ", ".join(f'"{one}"' for one in requirements)
    name = f"bailleurs-{place.name}"
    (place / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [{lines}]\n')


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    package(tmp_path, "libs/chassis", "sqlalchemy>=2.1")
    package(tmp_path, "libs/webui", "flask-babel")
    package(tmp_path, "services/identity", "bailleurs-chassis", "bailleurs-webui", "argon2-cffi")
    package(tmp_path, "services/documents", "bailleurs-chassis", "weasyprint")
    package(tmp_path, "launcher", "typer", "bailleurs-chassis", "bailleurs-identity", "bailleurs-documents")
    return tmp_path


def test_a_deployable_needs_its_own_libraries_and_the_launcher_but_no_other_service(workspace: Path) -> None:
    assert third_party(workspace, "services/documents") == ["sqlalchemy>=2.1", "typer", "weasyprint"]
    assert third_party(workspace, "services/identity") == ["argon2-cffi", "flask-babel", "sqlalchemy>=2.1", "typer"]


def test_all_together_need_everything_but_the_packages_of_the_workspace(workspace: Path) -> None:
    assert third_party(workspace) == ["argon2-cffi", "flask-babel", "sqlalchemy>=2.1", "typer", "weasyprint"]


def test_a_requirement_that_names_one_of_our_folders_is_refused(workspace: Path) -> None:
    package(workspace, "services/declaration", "chassis")
    with pytest.raises(SystemExit, match="bailleurs-chassis"):
        third_party(workspace, "services/declaration")


@pytest.mark.parametrize(
    ("line", "name"),
    [("Flask-WTF[email]>=1 ; x", "flask-wtf"), ("zope.interface", "zope-interface"), ("a_b==1", "a-b")],
)
def test_names_are_compared_as_registries_do(line: str, name: str) -> None:
    assert package_name(line) == name


def test_a_lock_made_from_other_requirements_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "FOLDER", tmp_path)
    monkeypatch.setattr(lock, "names", lambda: ["all"])
    monkeypatch.setattr(lock, "inputs", lambda _name: ["flask>=3"])
    assert lock.stale() == ["all"]
    (tmp_path / "all.txt").write_text(f"{lock.STAMP}{lock.digest(['flask>=3'])}\nflask==3.1.3\n")
    assert lock.stale() == []
    monkeypatch.setattr(lock, "inputs", lambda _name: ["flask>=3", "orjson"])
    assert lock.stale() == ["all"]


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda file: file.stem)
def test_every_locked_file_is_hashed_and_names_no_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert all(line.endswith("\\") for line in pins)
    assert "://" not in text


def test_every_deployable_that_exists_is_a_member() -> None:
    folders = {member.folder for member in members().values()}
    assert {folder for folder in DEPLOYABLES.values() if (ROOT / folder / "pyproject.toml").exists()} <= folders
