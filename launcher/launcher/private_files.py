"""Only the user who runs an installation may read its files: names, addresses, rents, keys."""

import os
from pathlib import Path

FOLDER = Path("var")
# No access for the group or others, whatever creates the file: SQLite, a storage, a demonstration.
OTHERS = 0o077


def keep_private() -> None:
    """Applies to all files created by this process and its children, and to those already there."""
    os.umask(OTHERS)
    if FOLDER.is_dir() and not FOLDER.is_symlink():
        _remove_access(FOLDER)
        for place, folders, files in os.walk(FOLDER):
            for name in (*folders, *files):
                _remove_access(Path(place, name))


def _remove_access(path: Path) -> None:
    try:
        mode = path.lstat().st_mode & 0o777
        if mode & OTHERS and not path.is_symlink():
            path.chmod(mode & ~OTHERS)
    except OSError:
        # The file is gone, or belongs to another user, who must protect it.
        return
