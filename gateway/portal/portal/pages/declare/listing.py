"""The tenants to declare for, with the state of each."""

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.layout import STATES
from portal.pages.addresses import address
from portal.pages.declare.blueprint import pages
from portal.sign_in.person import the_person, wanted

PAGE_SIZE = 50
FILTERS = ("q", "status", "housing_type", "zone", "campaign")
HOUSING_TYPES = {"conventioned": "Conventionné", "private": "Privé"}
# In the order of the journey; the states that nobody has are not offered.
DECLARATION_STATES = tuple(STATES)[:9]
ACCEPTED = {
    "status": re.compile("|".join(DECLARATION_STATES)),
    "housing_type": re.compile("|".join(HOUSING_TYPES)),
    "zone": re.compile(r"[0-9AB]{2,5}"),
    "campaign": re.compile(r"2\d{3}"),
    "q": re.compile(r".{1,100}", re.DOTALL),
}


def chosen_filters() -> dict[str, str]:
    """The filters of the address; one that is not of its form is left out rather than refused."""
    given = {name: request.args.get(name, "").strip() for name in FILTERS}
    given["zone"] = given["zone"].upper()
    return {name: value for name, value in given.items() if ACCEPTED[name].fullmatch(value)}


@pages.get("", strict_slashes=False)
@wanted()
def list_declarations() -> ResponseReturnValue:
    """Filters and search are a GET form: an address can be kept or sent."""
    chosen = chosen_filters()
    cursor = request.args.get("cursor", "")
    found = api().declaration.list_declarations(**chosen, cursor=cursor, limit=PAGE_SIZE)
    following = found["next_cursor"]
    return render_template(
        "declare/list.html",
        found=found,
        chosen=chosen,
        housing_types=HOUSING_TYPES,
        several_landlords=the_person().is_agent,
        states=[state for state in DECLARATION_STATES if found["counts"].get(state)],
        first=address("declare.list_declarations", **chosen) if cursor else "",
        following=address("declare.list_declarations", **chosen, cursor=following) if following else "",
        plain={name: value for name, value in chosen.items() if name != "status"},
    )
