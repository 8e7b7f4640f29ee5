"""A file is read whole, or refused with a sentence for who sent it."""

from collections.abc import Callable

from declaration.domain.registry.lines import FileRefusedError
from declaration.job_lock import MOST_ATTEMPTS

TRIED_TOO_OFTEN = "Ce fichier n’a pas pu être lu malgré plusieurs essais. Prévenez le support."


def read_or_refuse(attempts: int, read: Callable[[], object], refuse: Callable[[str], object]) -> None:
    """Refuses what breaks a rule of whole files, and what has ended the process of each worker that read it."""
    try:
        if attempts > MOST_ATTEMPTS:
            raise FileRefusedError(TRIED_TOO_OFTEN)
        read()
    except FileRefusedError as refusal:
        refuse(str(refusal))
