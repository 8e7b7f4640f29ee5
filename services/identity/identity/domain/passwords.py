"""The rule for chosen passwords (CNIL deliberation 2022-100, NIST SP 800-63B-4 §3.1.1.2): length and guessability.

No composition rule and no expiry, on purpose: both texts advise against them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from chassis.problems import FieldError

from identity.domain.credentials import as_provisional

MIN_LENGTH = 15
MAX_LENGTH = 128
COMMON_CONTEXT = ("caf", "cnaf", "bailleur", "allocataire", "loyer", "partenaire", "moncompte", "motdepasse")
_EXAMPLE = "quatre mots sans lien entre eux, que vous seul pouvez rapprocher"
_SHORT_WORD = 3


class Strength(NamedTuple):
    """Required strength of a password: length, and log10 of the guesses it must withstand."""

    min_length: int
    guesses_log10: float


# 50 bits: the CNIL's second case, a password alone with limited attempts.
ALONE = Strength(MIN_LENGTH, 15.0)
# NIST SP 800-63B-4 §3.1.1.2 allows a shorter password with a second factor; 10^10 is zxcvbn's highest score.
WITH_FACTOR = Strength(12, 10.0)


class PasswordChecks(NamedTuple):
    """Checks provided by libraries: presence in the breached list; log10 of the guesses a cracker needs."""

    is_breached: Callable[[str], bool]
    guesses_log10: Callable[[str, tuple[str, ...]], float]


def normalise(typed: str) -> str:
    """NFC, so that the same letters from two keyboards give the same password; nothing is cut or trimmed."""
    return unicodedata.normalize("NFC", typed)


def context_words(*texts: str | None) -> tuple[str, ...]:
    """Words from a person's data that a password must not contain: whole texts and their parts, without accents."""
    words = set(COMMON_CONTEXT)
    for text in filter(None, texts):
        folded = _folded(text)
        words.add(re.sub(r"[^a-z0-9]", "", folded))
        words.update(re.findall(r"[a-z0-9]+", folded))
    return tuple(sorted(word for word in words if len(word) >= _SHORT_WORD))


def refusal(
    password: str, context: Iterable[str], checks: PasswordChecks, asked: Strength = ALONE
) -> FieldError | None:
    """The first rule the password breaks, or None. The error never repeats the password."""
    if len(password) < asked.min_length:
        detail = f"Le mot de passe doit compter au moins {asked.min_length} caractères."
        return _error("too_short", detail, asked.min_length)
    if len(password) > MAX_LENGTH:
        return _error("too_long", f"Le mot de passe ne peut pas dépasser {MAX_LENGTH} caractères.")
    if as_provisional(password):
        return _error(
            "provisional", "Choisissez un mot de passe à vous\u00a0: un mot de passe provisoire ne peut pas le rester."
        )
    words = tuple(context)
    if _holds_context(password, words):
        return _error(
            "context",
            "Ce mot de passe contient votre nom, votre identifiant, votre courriel ou un mot du service, "
            "que l’on essaierait en premier.",
        )
    if checks.is_breached(password):
        return _error(
            "breached", "Ce mot de passe figure dans une liste de mots de passe volés. Choisissez-en un autre."
        )
    if checks.guesses_log10(password, words) < asked.guesses_log10:
        return _error("guessable", "Ce mot de passe est trop facile à deviner. Ajoutez un ou deux mots sans lien.")
    return None


def _holds_context(password: str, words: tuple[str, ...]) -> bool:
    folded = _folded(password)
    joined = re.sub(r"[^a-z0-9]", "", folded)
    tokens = set(re.findall(r"[a-z0-9]+", folded))
    # A three-letter word is only refused as a whole word: "cafetière" contains "caf".
    return any(word in tokens if len(word) <= _SHORT_WORD else word in joined for word in words)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _error(code: str, detail: str, min_length: int = MIN_LENGTH) -> FieldError:
    rule = f"{min_length} à {MAX_LENGTH} caractères"
    return FieldError(pointer="/password", code=code, detail=detail, rule=rule, example=_EXAMPLE)
