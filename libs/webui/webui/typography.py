"""French typography and French forms of amounts and dates. Every function takes a value and returns text."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from chassis.clock import PARIS
from chassis.french import formats
from chassis.french.formats import NARROW, NBSP
from markupsafe import Markup, escape

BEFORE_SIGN = re.compile(r"[ \u202f]+([:;?!%€»])")
AFTER_QUOTE = re.compile(r"«[ \u202f]+")
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def fr(text: str) -> str:
    """Adds French no-break spaces and typographic apostrophes; markup in `text` is not parsed."""
    spaced = AFTER_QUOTE.sub(f"«{NBSP}", BEFORE_SIGN.sub(NBSP + r"\1", text))
    changed = APOSTROPHE.sub("’", spaced)
    return Markup(changed) if isinstance(text, Markup) else changed  # noqa: S704 - the text was safe already


def euros(amount: Decimal | str | None) -> str:
    """`1234.5` -> `1 234,50 €` with no-break spaces; nothing for None."""
    if amount is None or amount == "":
        return ""
    return formats.euros(Decimal(amount)).replace(NARROW, NBSP)


def parse_instant(value: datetime | str) -> datetime:
    """An aware instant from itself or from ISO 8601 text; text without an offset is UTC."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def long_date(value: date | datetime | str | None) -> str:
    """`5 juillet 2026`, `1er juillet 2026`; an instant is taken in Paris. Nothing for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == len("2026-07-05") else parse_instant(value)
    if isinstance(value, datetime):
        value = parse_instant(value).astimezone(PARIS).date()
    return formats.long_date(value)


def instant(value: datetime | str | None) -> str:
    """`5 juillet 2026 à 14 h 05`, Paris time. Nothing for None."""
    if value is None or value == "":
        return ""
    moment = parse_instant(value).astimezone(PARIS)
    return f"{long_date(moment)} à {moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"


def user_number(value: str | None) -> str:
    return formats.user_number(value or "")


def number(value: int) -> str:
    """`12000` -> `12 000`."""
    return formats.number(value).replace(NARROW, NBSP)


def count(how_many: int, singular: str, plural: str) -> str:
    """`1 déclaration`, `1 234 déclarations`."""
    return formats.count(how_many, singular, plural).replace(NARROW, NBSP)


def state_tag(code: str, states: Mapping[str, tuple[str, str]], label: str | None = None) -> Markup:
    """A coloured tag that always shows the state's label; `states` is code -> (label, colour), grey when unknown."""
    words, colour = states.get(code, (code, "grey"))
    return Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>').format(colour, escape(label or words))
