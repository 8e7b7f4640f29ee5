"""« Ne pas reprendre cette saisie »: what was kept of an expired form is forgotten at once."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from webui.kept_forms import keeper

from portal.sign_in.person import login_required

pages = Blueprint("kept_forms", __name__)


@pages.post("/saisie-conservee/abandon")
@login_required()
def drop() -> ResponseReturnValue:
    """Back to the page, as it stands; its mark says which, and whose."""
    mark = keeper().own_mark()
    keeper().consume()
    return redirect(mark.page if mark and mark.page else "/", 303)
