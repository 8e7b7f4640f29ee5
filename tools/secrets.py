"""Writes the secrets of a Compose installation to `.env` (0600, git-ignored): `python -m tools.secrets`.

Existing values are kept; only missing ones are added, so that a newer version finds what it needs.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from chassis import keys
from runner import topology

from tools.workspace import DEPLOYABLES, ROOT, SERVICES

ENV = ROOT / ".env"
VOLUME = "offre-bailleurs_postgres"
BROKER_USERS = ROOT / "var" / "compose" / "rabbitmq-users.json"
READABLE = 0o644


def fresh() -> dict[str, str]:
    """A new value for every secret, by environment key."""
    installation = keys.generate()
    # Each service gets only its own private key.
    del installation["BAILLEURS_SEALING_PRIVATE_KEYS"]
    return {
        "POSTGRES_PASSWORD": password(),
        **{f"{name.upper()}_DATABASE_PASSWORD": password() for name in DEPLOYABLES},
        **{f"{name.upper()}_BROKER_PASSWORD": password() for name in SERVICES},
        **installation,
    }


def password() -> str:
    """256 random bits in characters that need no quoting in a URL, a shell or a file."""
    return secrets.token_hex(32)


def read(file: Path) -> dict[str, str]:
    """The `KEY=value` lines of a file; empty when it does not exist."""
    if not file.exists():
        return {}
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def complete(file: Path) -> list[str]:
    """Adds missing secrets to the file; returns the names added. Sealing keys belong together: all or none."""
    known, made = read(file), fresh()
    sealing = {name for name in made if name.startswith("BAILLEURS_SEALING_")}
    if not sealing <= known.keys():
        known = {name: value for name, value in known.items() if name not in sealing}
    added = [name for name in made if name not in known]
    if added:
        lines = "".join(f"{name}={value}\n" for name, value in (known | {name: made[name] for name in added}).items())
        _write(file, "# Secrets of this installation, made by `make up`. Never commit this file.\n" + lines, 0o600)
    return added


def write_broker_users(file: Path, values: dict[str, str]) -> None:
    """Writes RabbitMQ's users with salted password hashes, in its definitions format."""
    passwords = {name: values[f"{name.upper()}_BROKER_PASSWORD"] for name in SERVICES}
    document = topology.definitions([], passwords)
    kept = {part: document[part] for part in ("vhosts", "users", "permissions")}
    file.parent.mkdir(parents=True, exist_ok=True)
    # Salted hashes of 256 random bits.
    _write(file, json.dumps(kept, indent=1) + "\n", READABLE)


def _write(file: Path, text: str, mode: int) -> None:
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    partial.replace(file)


def data_of_another_installation() -> bool:
    """Whether Compose still has database volumes, whose passwords a new `.env` would not match."""
    if ENV.exists() or not shutil.which("docker"):
        return False
    found = subprocess.run(["docker", "volume", "inspect", VOLUME], capture_output=True, timeout=30, check=False)
    return found.returncode == 0


def main() -> int:
    if data_of_another_installation():
        print(
            "An earlier `make up` left databases whose passwords (.env) are gone: put that file back, or `make down`."
        )
        return 1
    added = complete(ENV)
    if added or not BROKER_USERS.exists():
        write_broker_users(BROKER_USERS, read(ENV))
    # `bailleurs` keeps what stands in `var` to its owner, as a strict umask does; the broker's user is another.
    BROKER_USERS.chmod(READABLE)
    if added:
        print(f".env: {len(added)} secrets made ({ENV.stat().st_mode & 0o777:o}, git-ignored)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
