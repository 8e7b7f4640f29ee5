"""« Activité de mon compte »: the account's journal as a page and a download, and ending one session."""

from uuid import UUID

from chassis.problems import NotFound
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import Step
from identity.journal import export
from identity.journal.queries import activity_page, whole_activity
from identity.pages.forms import TokenForm
from identity.pages.guards import at_step, recently_proven
from identity.sessions.browser import SignedIn, runtime
from identity.sessions.commands import end_own_session

blueprint = Blueprint("activity", __name__, url_prefix="/compte/activite")
_SHOWN = 50


@blueprint.get("")
@at_step(Step.DONE)
def events(found: SignedIn) -> ResponseReturnValue:
    with runtime().read_only() as database:
        shown = activity_page(database, found.account.id, request.args.get("cursor"), _SHOWN)
    following = shown["next_cursor"] and url_for("activity.events", cursor=shown["next_cursor"])
    return render_template("compte/activite.html", items=shown["items"], following=following)


@blueprint.get("/fichier.csv")
@at_step(Step.DONE)
def as_csv(found: SignedIn) -> ResponseReturnValue:
    return _file(found, "csv")


@blueprint.get("/fichier.json")
@at_step(Step.DONE)
def as_json(found: SignedIn) -> ResponseReturnValue:
    return _file(found, "json")


@blueprint.post("/session")
@at_step(Step.DONE)
@recently_proven
def end_one(found: SignedIn) -> ResponseReturnValue:
    """A session that has already ended is not an error."""
    if TokenForm().validate_on_submit():
        try:
            with runtime().transaction() as database:
                end_own_session(database, found.account.id, UUID(request.form.get("session", "")))
        except (NotFound, ValueError):
            flash("Cette session était déjà fermée.", "success")
        else:
            flash("La session est fermée.", "success")
    return redirect(url_for("security.account"), 303)


def _file(found: SignedIn, kind: str) -> ResponseReturnValue:
    with runtime().read_only() as database:
        items = whole_activity(database, found.account.id)
    return export.as_file(items, kind)
