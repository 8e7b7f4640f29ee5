"""« Ne pas reprendre cette saisie »: erases the kept content of an expired form at once."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from webui.kept_forms import keeper

from portal.sign_in.person import login_required

pages = Blueprint("kept_forms", __name__)


@pages.post("/saisie-conservee/abandon")
@login_required()
def drop() -> ResponseReturnValue:
    """Redirects to the page without it; its mark says which form, and whose."""
    mark = keeper().own_mark()
    keeper().consume()
    return redirect(mark.page if mark and mark.page else "/", 303)
