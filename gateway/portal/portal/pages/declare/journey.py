"""What the five steps share: URLs, order and completion."""

from datetime import date
from typing import TypedDict

from chassis.texts import full_name
from flask import url_for
from webui.typography import euros

from portal.api_types.declaration.shared import Declaration, Draft
from portal.clients import api
from portal.sign_in.person import current_user

STEPS = ("informations", "situation", "loyer", "synthese", "confirmation")
LABELS = ("Informations", "Situation", "Loyer de juillet", "Synthèse", "Confirmation")
# The service's next step -> ours.
NEXT_STEPS = {
    "information": "informations",
    "situation": "situation",
    "rent": "loyer",
    "summary": "synthese",
    "done": "confirmation",
}
REPORT_COLOURS = {
    "received": "blue",
    "in_progress": "yellow",
    "accepted": "green",
    "refused": "red",
}


class Declared(TypedDict):
    """What is answered so far, online or on paper."""

    draft: Draft
    commune_name: str
    total: str | None


def is_editable(declaration: Declaration) -> bool:
    """Whether the steps can still be saved."""
    return "save" in declaration["actions"]


def next_address(declaration: Declaration) -> str:
    """The next page on which the person has something to do; an agent only reads."""
    if current_user().is_agent:
        return url_for("declare.confirmation", declaration=declaration["id"])
    return url_for(f"declare.{NEXT_STEPS[declaration['next_step']]}", declaration=declaration["id"])


def steps_done(declaration: Declaration) -> int:
    """How many steps are complete, counted from the first."""
    return STEPS.index(NEXT_STEPS[declaration["next_step"]])


def heading(declaration: Declaration) -> dict[str, object]:
    """The template variables of each step's heading."""
    tenant = declaration["tenant"]
    return {
        "declaration": declaration,
        "tenant_name": full_name(tenant["last_name"], tenant["first_name"]),
        "labels": LABELS,
        "done": steps_done(declaration),
        "agent": current_user().is_agent,
    }


def reported(declaration: Declaration) -> dict[str, object]:
    """The reports about this tenant, newest first, and the colour of each state."""
    found = api().declaration.list_reports(declaration=declaration["id"])
    return {"reports": found["items"], "colours": REPORT_COLOURS}


def yes_no(value: bool | None) -> str:
    """Oui or Non."""
    return "" if value is None else ("Oui" if value else "Non")


def amount(value: str | None) -> str:
    """Euros, or a dash when there is none."""
    return euros(value) or "–"


def day(value: str | None) -> date | None:
    """The date of an ISO text."""
    return date.fromisoformat(value) if value else None


def french_amount(value: str | None) -> str:
    """`512.30` -> `512,30`, as typed in a field."""
    return (value or "").replace(".", ",")
