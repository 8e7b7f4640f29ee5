"""Stores an uploaded file: copied to storage and hashed block by block."""

import hashlib
from pathlib import PurePath
from typing import IO

from chassis.problems import FieldError, Invalid
from chassis.storage import Storage

BLOCK = 1 << 20


def keep(stream: IO[bytes], storage: Storage, key: str, *, most: int, example: str) -> str:
    """The SHA-256 in hexadecimal. Raises Invalid, and stores nothing, when it is empty or larger than `most` bytes."""
    try:
        return _copy(stream, storage, key, most, example)
    except Invalid:
        storage.delete(key)
        raise


def shown_name(filename: str, default: str) -> str:
    """The last part of the browser's file name, for display; storage has its own key."""
    printable = "".join(letter for letter in filename if letter.isprintable())
    return PurePath(printable.replace("\\", "/")).name[:200] or default


def _copy(stream: IO[bytes], storage: Storage, key: str, most: int, example: str) -> str:
    digest, size = hashlib.sha256(), 0
    with storage.open(key, "wb") as target:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > most:
                raise _refused("too_large", f"Ce fichier dépasse {most // 1_000_000} Mo.", example)
            digest.update(block)
            target.write(block)
    if not size:
        raise _refused("empty", "Ce fichier est vide.", example)
    return digest.hexdigest()


def no_file(example: str) -> Invalid:
    """The error for a request whose `file` part is absent or is not a file."""
    return _refused("required", "Choisissez le fichier à envoyer.", example)


def _refused(code: str, detail: str, example: str) -> Invalid:
    rule = "un fichier CSV en UTF-8, colonnes séparées par des points-virgules"
    return Invalid([FieldError(pointer="/file", code=code, detail=detail, rule=rule, example=example)])
