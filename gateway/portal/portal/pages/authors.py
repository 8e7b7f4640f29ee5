"""Who acted on a declaration, in words: colleagues by name where the person may know them, the Caf as « la Caf »."""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.texts import full_name

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.sign_in.person import current_user

Author = Mapping[str, Any]
NAMELESS = "une autre personne de votre organisme"


def author_name() -> Callable[[Author], str]:
    """A function that names an author; colleagues' names are fetched once, and only when needed."""
    known: dict[str, str] = {}
    asked = False

    def say(author: Author) -> str:
        nonlocal asked
        if author["kind"] == "you":
            return "vous-même"
        if author["kind"] == "caf":
            return "la Caf"
        if current_user().is_agent:
            return "le bailleur"
        if not asked:
            known.update(colleagues())
            asked = True
        return known.get(author["account_id"], NAMELESS)

    return say


def colleagues() -> dict[str, str]:
    """Account -> name, for those whom the person may see; empty when habilitation refuses or is unavailable."""
    organisation = current_user().organisation
    if organisation is None:
        return {}
    try:
        users = api().habilitation.list_users(organisation)
    except (Refused, Unavailable):
        return {}
    return {user["account_id"]: full_name(user["first_name"], user["last_name"]) for user in users}
