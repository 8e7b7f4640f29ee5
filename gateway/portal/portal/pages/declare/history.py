"""« Historique »: each version with its changes, and who decided what and why."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.pages.authors import author_name
from portal.pages.declare.blueprint import pages
from portal.pages.declare.journey import heading
from portal.pages.declare.recap import recaps_of
from portal.sign_in.person import login_required

CHANNELS = {
    "web": "en ligne",
    "file": "par fichier",
    "paper": "sur papier",
    "caf": "par la Caf",
    "registry": "par le registre de la Caf",
}


@pages.get("/<uuid:declaration>/historique")
@login_required()
def history(declaration: Any) -> ResponseReturnValue:
    """For landlords, and for agents of the Caf."""
    body = api().declaration.get(str(declaration)).body
    found = api().declaration.history(body["id"])
    return render_template(
        "declare/history.html",
        history=found,
        author=author_name(),
        channels=CHANNELS,
        receipts=recaps_of(body["id"]).by_version if found["versions"] else {},
        **heading(body),
    )
