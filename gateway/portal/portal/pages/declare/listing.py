"""The list of tenants to declare for, with the state of each: filter, sort, export."""

import re
from collections.abc import Mapping
from typing import Any

from chassis.french.housing import HOUSING_TYPES
from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.declaration_states import DECLARATION_STATES
from portal.pages.addresses import address
from portal.pages.declare.blueprint import pages
from portal.sign_in.person import current_user, login_required

PAGE_SIZE = 50
FILTERS = ("q", "status", "housing_type", "zone", "campaign", "late", "user_number", "sort")
LATE = {"true": "En retard", "false": "Dans les temps"}
# Column of the table -> (its sort key, labels of its two directions); None: not sortable.
COLUMNS: dict[str, tuple[str, str, str] | None] = {
    "Locataire": ("tenant", "de A à Z", "de Z à A"),
    "Logement": ("address", "de A à Z", "de Z à A"),
    "Type": None,
    "Campagne": None,
    "Loyer hors charges": ("rent", "du plus petit au plus grand", "du plus grand au plus petit"),
    "Dernier changement": ("updated_at", "du plus ancien au plus récent", "du plus récent au plus ancien"),
    "État": ("status", "à déclarer d’abord", "à déclarer en dernier"),
}
SORTS = tuple(sort[0] for sort in COLUMNS.values() if sort)
ACCEPTED = {
    "status": re.compile("|".join(DECLARATION_STATES)),
    "housing_type": re.compile("|".join(HOUSING_TYPES)),
    "zone": re.compile(r".{2,80}", re.DOTALL),
    "campaign": re.compile(r"20(19|[2-9]\d)"),
    "late": re.compile("|".join(LATE)),
    "user_number": re.compile(r"\d{3} ?\d{11}"),
    "sort": re.compile(f"-?({'|'.join(SORTS)})"),
    "q": re.compile(r".{1,100}", re.DOTALL),
}
FORMATS = ("csv", "xlsx")


def chosen_filters() -> dict[str, str]:
    """The filters in the URL; malformed ones are ignored rather than refused."""
    given = {name: request.args.get(name, "").strip() for name in FILTERS}
    return {name: value for name, value in given.items() if ACCEPTED[name].fullmatch(value)}


def headings(chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """The columns: `title`; for sortable ones also `href`, `sort` for aria-sort, and `next` as text."""
    now = chosen.get("sort", "status")
    found = []
    for title, sort in COLUMNS.items():
        if sort is None:
            found.append({"title": title})
            continue
        name, up, down = sort
        following = f"-{name}" if now == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(now, "none")
        href = address("declare.list_declarations", **{**chosen, "sort": following})
        found.append({"title": title, "href": href, "sort": state, "next": down if following.startswith("-") else up})
    return found


@pages.get("", strict_slashes=False)
@login_required()
def list_declarations() -> ResponseReturnValue:
    """Filters and search are a GET form: a URL can be bookmarked or sent."""
    chosen = chosen_filters()
    cursor = request.args.get("cursor", "")
    found = api().declaration.list_declarations(**chosen, cursor=cursor, limit=PAGE_SIZE)
    following = found["next_cursor"]
    agent = current_user().is_agent
    return render_template(
        "declare/list.html",
        found=found,
        chosen=chosen,
        headings=headings(chosen),
        housing_types=HOUSING_TYPES,
        late=LATE,
        narrowed=bool(set(chosen) - {"sort"}),
        agent=agent,
        several=not agent and several_tenants(found, plain=not chosen and not cursor),
        remaining=[] if agent or cursor else api().declaration.remaining(),
        # States with no declaration are not offered.
        states=[state for state in DECLARATION_STATES if found["counts"].get(state)],
        first=address("declare.list_declarations", **chosen) if cursor else "",
        following=address("declare.list_declarations", **chosen, cursor=following) if following else "",
        plain={name: value for name, value in chosen.items() if name != "status"},
    )


def several_tenants(found: Mapping[str, Any], *, plain: bool) -> bool:
    """Whether actions on several tenants at once are useful; a tenant has one declaration per campaign.

    `plain`: `found` is the unfiltered list from its start; otherwise that is fetched if `found` has under two tenants.
    """
    if plain or len(numbers(found)) > 1:
        return len(numbers(found)) > 1
    return len(numbers(api().declaration.list_declarations(limit=PAGE_SIZE))) > 1


def numbers(found: Mapping[str, Any]) -> set[str]:
    """The distinct tenant numbers in the list."""
    return {item["tenant"]["number"] for item in found["items"]}


@pages.get("/export.<any(csv, xlsx):kind>")
@login_required()
def export(kind: str) -> ResponseReturnValue:
    """The whole list as the page filters it, streamed."""
    file = api().declaration.export(kind, chosen_filters())
    return Response(file.chunks, headers=file.headers, direct_passthrough=True)
