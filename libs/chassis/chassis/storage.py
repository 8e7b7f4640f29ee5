"""File storage with fsspec: a directory by default, S3 by one setting."""

import hashlib
import posixpath
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import fsspec


class Storage:
    """Files under one address (``file://…``, ``s3://…``); keys are relative paths with slashes."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)

    def put(self, key: str, content: bytes) -> str:
        """Writes atomically (renamed into place); returns the SHA-256 in hexadecimal."""
        path = self._path(key)
        partial = f"{path}.{secrets.token_hex(4)}.partial"
        self._fs.makedirs(posixpath.dirname(path), exist_ok=True)
        self._fs.pipe_file(partial, content)
        self._fs.mv(partial, path)
        return hashlib.sha256(content).hexdigest()

    def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        content: bytes = self._fs.cat_file(self._path(key))
        return content

    @contextmanager
    def open(self, key: str, mode: str = "rb") -> Iterator[IO[Any]]:
        """A stream, for files too large to hold in memory."""
        path = self._path(key)
        if "w" in mode:
            self._fs.makedirs(posixpath.dirname(path), exist_ok=True)
        with self._fs.open(path, mode) as stream:
            yield stream

    def exists(self, key: str) -> bool:
        return bool(self._fs.exists(self._path(key)))

    def delete(self, key: str) -> None:
        """A missing file is no error: deletion may be repeated."""
        if self.exists(key):
            self._fs.rm_file(self._path(key))

    def _path(self, key: str) -> str:
        if not key or key.startswith("/") or ".." in key.split("/") or "\0" in key:
            raise ValueError("a storage key is a relative path")
        return posixpath.join(self._root, key)
