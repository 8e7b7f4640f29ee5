"""The public check of a recap: what its printed reference refers to, and nothing of what was declared."""

import re

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.clients.errors import Refused

pages = Blueprint("verification", __name__)
LENGTH = 19
REFERENCE = re.compile(r"R\d\d(-[0-9A-HJKMNP-TV-Z]{4}){4}\Z")


def normalised(typed: str) -> str:
    """`r26 8k3m w2qt 5ybn oxcd` -> `R26-8K3M-W2QT-5YBN-0XCD`; unchanged when its length is wrong."""
    # Crockford's base 32 reads O as 0, and I and L as 1: https://www.crockford.com/base32.html
    found = re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(str.maketrans("OIL", "011"))
    if len(found) != LENGTH:
        return typed.strip()
    return "-".join((found[:3], *(found[start : start + 4] for start in range(3, LENGTH, 4))))


@pages.get("/v/")
def search() -> ResponseReturnValue:
    """Redirects a typed reference to its own page."""
    typed = normalised(request.args.get("reference", ""))
    if not REFERENCE.match(typed):
        return render_template("verification.html", reference=typed, found=None, asked=bool(typed))
    return redirect(url_for("verification.verify", reference=typed), 303)


@pages.get("/v/<reference>")
def verify(reference: str) -> ResponseReturnValue:
    """The page that the QR code links to."""
    if not REFERENCE.match(reference):
        abort(404)
    try:
        found = api().public_documents.verify(reference)
    except Refused as error:
        if error.status != 404:
            raise
        return render_template("verification.html", reference=reference, found=None, asked=True), 404
    return render_template("verification.html", reference=reference, found=found, asked=True)
