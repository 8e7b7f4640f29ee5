"""What an installation keeps is read by who runs it alone: names, addresses, rents, keys."""

import os
from pathlib import Path

FOLDER = Path("var")
# Nothing for the group nor for others, whoever makes the file: SQLite, a storage, a demonstration.
OTHERS = 0o077


def keep_private() -> None:
    """For all that this process and those it starts will make, and for what is there from before."""
    os.umask(OTHERS)
    if FOLDER.is_dir() and not FOLDER.is_symlink():
        _close(FOLDER)
        for place, folders, files in os.walk(FOLDER):
            for name in (*folders, *files):
                _close(Path(place, name))


def _close(path: Path) -> None:
    try:
        mode = path.lstat().st_mode & 0o777
        if mode & OTHERS and not path.is_symlink():
            path.chmod(mode & ~OTHERS)
    except OSError:
        # Gone meanwhile, or somebody else's: theirs to close.
        return
