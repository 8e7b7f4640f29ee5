"""The recap of a transmission, as a PDF."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.pages.declare.blueprint import pages
from portal.sign_in.person import login_required


def recaps_of(declaration_id: str) -> dict[int, str]:
    """Version -> document; empty while documents is late or unavailable: the page is useful without them."""
    try:
        found = api().documents.list_for(declaration_id)
    except (Refused, Unavailable):
        return {}
    return {int(document["version"]): str(document["id"]) for document in found}


@pages.get("/<uuid:declaration>/recapitulatif.pdf")
@login_required()
def recap(declaration: Any) -> ResponseReturnValue:
    """The newest version's, or `?version=`; redirects to the confirmation while it is being made."""
    receipts = recaps_of(str(declaration))
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
