"""Keys of an all-in-one installation: created at the first start, kept beside the data, never committed."""

import os
from pathlib import Path

FILE = Path("var/secrets.env")


def ensure() -> None:
    """Loads the keys into the environment, creating them if missing; existing variables take precedence."""
    if not FILE.exists():
        from chassis.keys import generate

        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.touch(mode=0o600)
        FILE.write_text("".join(f"{name}={value}\n" for name, value in generate().items()))
    for line in FILE.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)
