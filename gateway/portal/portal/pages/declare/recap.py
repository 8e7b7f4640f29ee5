"""The recap of a transmission, as a PDF."""

from typing import Any, NamedTuple

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.pages.declare.blueprint import pages
from portal.sign_in.person import login_required


class Recaps(NamedTuple):
    """Version -> document; `delayed`: those to come wait for something to be installed."""

    by_version: dict[int, str]
    delayed: bool


def recaps_of(declaration_id: str) -> Recaps:
    """Empty while documents is late or unavailable: the page is useful without them."""
    try:
        found = api().documents.list_for(declaration_id)
    except (Refused, Unavailable):
        return Recaps({}, delayed=False)
    return Recaps({int(each["version"]): str(each["id"]) for each in found["items"]}, found["delayed"])


@pages.get("/<uuid:declaration>/recapitulatif.pdf")
@login_required()
def recap(declaration: Any) -> ResponseReturnValue:
    """The newest version's, or `?version=`; redirects to the confirmation while it is being made."""
    receipts = recaps_of(str(declaration)).by_version
    if not receipts:
        return redirect(url_for("declare.confirmation", declaration=declaration), 303)
    version = request.args.get("version", max(receipts), type=int)
    if version not in receipts:
        abort(404)
    content = api().documents.content(receipts[version])
    name = f"recapitulatif-version-{version}.pdf"
    return Response(
        content.data,
        content_type=content.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
