"""The letters, laid out for a window envelope: each is a file of `templates/letters`, which shows its variables.

A variable is written by its name: `…_at` is an instant, `…_on` and `deadline` a day, `user_number` is grouped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chassis.clock import PARIS
from chassis.texts import full_name

from documents.rendering import fonts, french
from documents.rendering.address import below_name, window_lines
from documents.rendering.pdf import TEMPLATES, Rendered, render_pdf

# Any: JSON of an event, whose variables each letter knows.
Facts = Mapping[str, Any]
LETTERS = frozenset(path.stem for path in (TEMPLATES / "letters").glob("*.html"))

# The inner width of the window and the size of its text (`print.css`), in points; a hair less, for rounding.
WINDOW_POINTS = 80 * 72 / 25.4
ADDRESS_POINTS = 9.5
# The entry of the sealed part that each letter prints; never both in one envelope.
SECRETS = {"login": "login", "provisional_password": "password"}
# 500 pages take a minute and 800 MB; more do not fit in an envelope.
MOST_TENANTS = 500
ANY_CAF = "Caisse d’allocations familiales"
# Of the PDF, for a letter requested before its title came with its variables.
ANY_TITLE = "Courrier de votre Caf"


@dataclass(frozen=True)
class Letter:
    """One letter to print. `recipient` {name, address: lines}; `written_at` aware; `secret` opened just before."""

    template: str
    recipient: Facts
    variables: Facts
    written_at: datetime
    public_url: str
    secret: Facts = field(default_factory=dict, repr=False)


class UnknownTemplate(ValueError):
    """No letter has this name."""


class TooManyTenants(ValueError):
    """A July letter holds at most MOST_TENANTS attestations; the sender splits larger ones."""


def render_letter(letter: Letter) -> Rendered:
    """PDF of a letter. Errors: UnknownTemplate, UnprintableAddress, TooManyTenants, KeyError, as `render_pdf`."""
    if letter.template not in LETTERS:
        raise UnknownTemplate(letter.template)
    data = {**_variables(letter), **_common(letter), **_BODIES.get(letter.template, _nothing_more)(letter)}
    secret_name = SECRETS.get(letter.template)
    shown = {"secret": str(letter.secret[secret_name])} if secret_name else {}
    return render_pdf(f"letters/{letter.template}.html", {**data, **shown}, dated=letter.written_at)


def _variables(letter: Letter) -> dict[str, object]:
    return {name: _written(name, value) for name, value in letter.variables.items()}


def _written(name: str, value: Any) -> object:
    if name.endswith("_at"):
        return french.instant(datetime.fromisoformat(value))
    if name.endswith("_on") or name == "deadline":
        return _day_of(value)
    return french.user_number(value) if name == "user_number" else value


def _common(letter: Letter) -> dict[str, object]:
    written = letter.written_at.astimezone(PARIS).date()
    caf = _caf(letter.variables.get("caf") or {})
    return {
        "title": letter.variables.get("title", ANY_TITLE),
        "caf": caf,
        "recipient": [_in_window(line) for line in window_lines(letter.recipient["name"], letter.recipient["address"])],
        "written": french.day(written),
        "references": _references(letter.variables, caf),
        "portal_url": letter.variables.get("portal_url") or letter.public_url,
    }


def _in_window(line: str) -> dict[str, object]:
    """A line too wide for the window is narrowed, never cut and never wrapped (NF Z10-011: 6 lines, 38 characters)."""
    return {"text": line, "scale": min(1, round(WINDOW_POINTS / (fonts.width(line) * ADDRESS_POINTS), 3))}


def _nothing_more(_: Letter) -> dict[str, object]:
    return {}


def _password(letter: Letter) -> dict[str, object]:
    expires = letter.variables.get("expires_at") or letter.secret.get("expires_at")
    return {"expires": _day_of(expires) if expires else ""}


def _july(letter: Letter) -> dict[str, object]:
    tenants = letter.variables["tenants"]
    if len(tenants) > MOST_TENANTS:
        raise TooManyTenants
    return {"effect": _effect(letter), "tenants": [_tenant(tenant) for tenant in tenants]}


def _effect(letter: Letter) -> str:
    return french.day(date(int(letter.variables["year"]) + 1, 1, 1))


def _reminder(letter: Letter) -> dict[str, object]:
    return {"remaining": french.declarations(int(letter.variables["remaining"]))}


def _recap(letter: Letter) -> dict[str, object]:
    return {
        "effect": _effect(letter),
        "tenant": letter.variables.get("tenant") or "",
        "late": bool(letter.variables.get("late")),
        "verification_url": f"{letter.public_url}/v/{letter.variables['reference']}",
    }


def _answered(letter: Letter) -> dict[str, object]:
    variables = letter.variables
    rows = (
        ("Complément demandé", variables["questions"]),
        ("Rejet", variables["rejected"]),
        ("Prise en compte", variables["integrated"]),
    )
    return {"rows": [(f"{label}{french.NBSP}:", french.declarations(int(count))) for label, count in rows if count]}


REPORTS = {
    "missing_tenant": "un locataire absent de votre liste",
    "no_longer_mine": "un locataire qui n’est plus le vôtre",
}


def _report_answered(letter: Letter) -> dict[str, object]:
    variables = letter.variables
    return {"about": REPORTS[variables["kind"]], "accepted": variables["outcome"] == "accepted"}


def _batch_recap(letter: Letter) -> dict[str, object]:
    return {"count": french.declarations(int(letter.variables["declarations"]))}


# What a letter shows besides its variables.
_BODIES = {
    "provisional_password": _password,
    "july": _july,
    "reminder": _reminder,
    "receipt": _recap,
    "answered": _answered,
    "report_answered": _report_answered,
    "lot_receipt": _batch_recap,
}


def _references(variables: Facts, caf: Mapping[str, object]) -> list[tuple[str, object]]:
    """The reference block of the July letter in the guide; a line without a value is not printed."""
    number = variables.get("user_number")
    rows = (
        ("Notre référence", caf["reference"]),
        ("Numéro d’allocataire", _only_tenant_number(variables)),
        ("Pour nous appeler", caf["telephone"]),
        ("Numéro utilisateur", french.user_number(number) if number else ""),
    )
    return [(f"{label}{french.NBSP}:", value) for label, value in rows if value]


def _only_tenant_number(variables: Facts) -> str:
    """Empty with several tenants: each attestation then prints its own."""
    tenants = variables.get("tenants") or []
    return str(tenants[0]["number"]) if len(tenants) == 1 else ""


def _caf(caf: Facts) -> dict[str, object]:
    name = caf.get("name") or ANY_CAF
    return {
        "name": name,
        "address": below_name(name, caf.get("address") or []),
        "telephone": caf.get("telephone") or "",
        "reference": caf.get("reference") or "",
    }


def _tenant(tenant: Facts) -> dict[str, object]:
    lines: Sequence[str] = tenant.get("address") or []
    return {
        "name": full_name(tenant["last_name"], tenant["first_name"]),
        "number": tenant["number"],
        "address": list(lines),
    }


def _day_of(text: str) -> str:
    """The Paris day of an ISO date or instant."""
    if len(text) == len("2026-09-30"):
        return french.day(text)
    return french.day(datetime.fromisoformat(text).astimezone(PARIS).date())
