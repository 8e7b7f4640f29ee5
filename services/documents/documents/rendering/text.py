"""Makes typed text printable: direction controls dropped, other undrawable characters marked. The page escapes it."""

import unicodedata
from collections.abc import Set as AbstractSet

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# They change the displayed order (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str, drawable: AbstractSet[int]) -> str:
    """One line of text that fonts can draw; a character without glyph shows as U+FFFD."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(_printable_character(character, drawable) for character in composed)
    return " ".join(word for word in kept.split(" ") if word)


def printable_tree(value: object, drawable: AbstractSet[int]) -> object:
    """`printable` for every string of a JSON value, at any depth."""
    if isinstance(value, str):
        return printable(value, drawable)
    if isinstance(value, dict):
        return {key: printable_tree(inner, drawable) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable_tree(inner, drawable) for inner in value]
    return value


def _printable_character(character: str, drawable: AbstractSet[int]) -> str:
    if character in BIDI_CONTROLS:
        return ""
    if character.isspace() and character not in "\u00a0\u202f":
        return " "
    return character if ord(character) in drawable else REPLACEMENT
