"""The secrets of a Compose installation: created once, kept, readable by their owner only."""

import base64
import hashlib
import json
import os
from pathlib import Path

import pytest

from tools import secrets


def test_they_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert len(secrets.complete(file)) == len(secrets.fresh())
    first = file.read_text()
    assert secrets.complete(file) == []
    assert file.read_text() == first
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_newer_version_needs_is_added_and_the_rest_is_kept(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    secrets.complete(file)
    before = secrets.read(file)
    kept = {name: value for name, value in before.items() if name != "BAILLEURS_EVENT_KEY"}
    file.write_text("".join(f"{name}={value}\n" for name, value in kept.items()) + "BAILLEURS_PORT=9090\n")
    assert secrets.complete(file) == ["BAILLEURS_EVENT_KEY"]
    after = secrets.read(file)
    assert after["BAILLEURS_PORT"] == "9090"
    assert {name: after[name] for name in kept} == kept


def test_sealing_keys_are_made_again_together(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    secrets.complete(file)
    before = secrets.read(file)
    lines = [line for line in file.read_text().splitlines() if not line.startswith("BAILLEURS_SEALING_PUBLIC_KEYS")]
    file.write_text("\n".join(lines) + "\n")
    secrets.complete(file)
    after = secrets.read(file)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name in before if name.startswith("BAILLEURS_SEALING_")}


def test_the_broker_is_given_hashes_and_narrow_rights(tmp_path: Path) -> None:
    values = secrets.fresh()
    file = tmp_path / "compose" / "users.json"
    secrets.write_broker_users(file, values)
    document = json.loads(file.read_text())
    for user in document["users"]:
        password = values[f"{user['name'].upper()}_BROKER_PASSWORD"]
        assert password not in file.read_text()
        raw = base64.b64decode(user["password_hash"])
        assert raw[4:] == hashlib.sha256(raw[:4] + password.encode()).digest()
    assert all(right["configure"] == "^$" for right in document["permissions"])


@pytest.mark.parametrize("there", [True, False])
def test_the_broker_can_read_its_users_whatever_closed_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    file = tmp_path / "compose" / "users.json"
    monkeypatch.setattr(secrets, "ENV", tmp_path / ".env")
    monkeypatch.setattr(secrets, "BROKER_USERS", file)
    monkeypatch.setattr(secrets, "data_of_another_installation", lambda: False)
    before = os.umask(0o077)
    try:
        if there:
            assert secrets.main() == 0
            file.chmod(0o600)
        assert secrets.main() == 0
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o644


def test_no_service_is_given_the_private_keys_of_all() -> None:
    assert "BAILLEURS_SEALING_PRIVATE_KEYS" not in secrets.fresh()


def test_new_passwords_are_not_made_for_databases_that_have_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(secrets, "ENV", tmp_path / ".env")
    monkeypatch.setattr(secrets, "data_of_another_installation", lambda: True)
    assert secrets.main() == 1
    assert "make down" in capsys.readouterr().out
    assert not (tmp_path / ".env").exists()
