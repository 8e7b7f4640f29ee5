"""Pango and its neighbours, the system libraries that WeasyPrint draws with: `python -m documents.rendering.pango`."""

import ctypes
import sys

# Each as Linux and as macOS name it. Without the one that cuts fonts to size, WeasyPrint would use another way, slower
# and with other bytes.
LIBRARIES = (
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ("libfontconfig.so.1", "libfontconfig.1.dylib"),
)


class PangoMissing(RuntimeError):
    """No document can be made; the message names the libraries."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Documents cannot be made: {', '.join(names)} not found. `make setup` says how to install.")


def missing() -> list[str]:
    """The first name of each library that cannot be loaded."""
    return [names[0] for names in LIBRARIES if not any(map(_loads, names))]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    absent = missing()
    sys.stdout.write("".join(f"{name}\n" for name in absent))
    raise SystemExit(1 if absent else 0)
