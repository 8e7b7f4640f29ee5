"""« Saisir en tableau »: one row per tenant, a page of rows at a time; each row is saved independently."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from webui.forms import PageForm
from webui.kept_forms import keeper, kept_form
from webui.typography import count, fr, instant

from portal.api_types.declaration.many_tenants import DraftRow, SaveDraftsAnswerItem
from portal.clients import api
from portal.pages.addresses import address
from portal.pages.authors import Author, author_name
from portal.pages.declare.blueprint import pages
from portal.pages.declare.grid_rows import (
    COLUMN_OF_ROW,
    PAGE_SIZE,
    SAME_FOR_ALL,
    Line,
    SentRow,
    cells_of,
    columns,
    filled,
    labels,
    no_longer_listed,
    sent,
    taken_up,
    unnamed,
)
from portal.pages.declare.listing import chosen_filters
from portal.sign_in.person import login_required

OTHER_TENANT = (
    "Ce qui était saisi sur cette ligne l’était pour un autre locataire : rien n’en est enregistré. Saisissez-la de"
    " nouveau."
)
GONE = "{} n’ont pas été reprises : ces déclarations ne sont plus à compléter."
NARROWING = ("campaign", "housing_type", "zone", "q")


class GridForm(PageForm):
    """The cell errors, each linked to its cell."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.links: list[str] = []

    def refuse(self, sentence: str, link: str) -> None:
        """Adds an error of a cell."""
        self.form_errors.append(sentence)
        self.links.append(link)

    def error_list(self) -> list[dict[str, str]]:
        """In the order of the rows."""
        return [{"text": fr(text), "href": link} for text, link in zip(self.form_errors, self.links, strict=True)]


@pages.route("/tableau", methods=["GET", "POST"])
@login_required("landlord")
def grid() -> ResponseReturnValue:
    """A page of rows: valid rows are saved, invalid rows are shown again with their errors."""
    form, chosen, cursor = GridForm(), narrowed(), request.args.get("cursor", "")
    filling = "fill" in request.form
    rows = list(sent(request.form)) if request.method == "POST" and not filling else []
    answers = saved(rows) if rows else []
    found = api().declaration.list_drafts(**chosen, cursor=cursor, limit=PAGE_SIZE)
    following = address("declare.grid", **chosen, cursor=found["next_cursor"]) if found["next_cursor"] else ""
    here = address("declare.grid", **chosen, cursor=cursor)
    if kept_form() is not None:
        lines = given_back(found["items"])
    else:
        lines = filled(found["items"], request.form) if filling else judged(form, found["items"], rows, answers)
    if request.method == "POST" and not filling and not form.errors:
        flash_saved(answers)
        return redirect(following if following and "next" in request.form else here, 303)
    page = render_template(
        "declare/grid.html",
        form=form,
        lines=lines,
        columns=columns(),
        labels=labels(),
        same_for_all=SAME_FOR_ALL,
        ticked=ticked(),
        here=here,
        following=following,
        first=address("declare.grid", **chosen) if cursor else "",
    )
    return page, 422 if form.errors else 200


def saved(rows: list[SentRow]) -> list[SaveDraftsAnswerItem]:
    """The outcome of each row; rejected rows stay on the page, so the kept form is consumed."""
    refused = [answer for row in rows if (answer := unnamed(row))]
    named = [row for row in rows if not unnamed(row)]
    answers = [*refused, *(api().declaration.save_drafts(named) if named else [])]
    keeper().consume()
    return answers


def ticked() -> set[str]:
    """The answers ticked for all rows when the page expired, unless they were already filled in."""
    kept = kept_form()
    if kept is None or "fill" in kept.fields:
        return set()
    return {name for name in SAME_FOR_ALL if kept.fields.get(f"all-{name}")}


def given_back(rows: list[DraftRow]) -> list[Line]:
    """The rows as typed before the page expired; a note counts those that can no longer be saved."""
    kept = kept_form()
    if kept is None:
        return []
    kept.shown = True
    if gone := no_longer_listed(rows, kept.fields):
        kept.note = GONE.format(count(gone, "ligne saisie", "lignes saisies"))
    return taken_up(rows, kept.fields)


def narrowed() -> dict[str, str]:
    """The list's filters that select tenants; not its order or states."""
    given = chosen_filters()
    return {name: given[name] for name in NARROWING if name in given}


def judged(
    form: GridForm,
    rows: list[DraftRow],
    typed: list[SentRow],
    answers: list[SaveDraftsAnswerItem],
) -> list[Line]:
    """The rows of the page; refused rows show `typed` again."""
    cells = {row["id"]: row["cells"] for row in typed}
    refused = {answer["id"]: answer for answer in answers if answer["errors"]}
    listed = {row["id"] for row in rows}
    gone = [answer["row"] for key, answer in refused.items() if answer["row"] and key not in listed]
    lines, say = [Line(row, cells_of(row)) for row in (*rows, *gone)], author_name()
    for place, line in enumerate(lines):
        if answer := refused.pop(line.row["id"], None):
            mark(form, line, place, cells[line.row["id"]], answer, say)
    for answer in refused.values():
        form.refuse(answer["errors"][0]["detail"], "#contenu")
    return lines


def mark(
    form: GridForm,
    line: Line,
    place: int,
    typed: dict[str, str],
    answer: SaveDraftsAnswerItem,
    say: Callable[[Author], str],
) -> None:
    """Puts typed values back with their errors, and the other person's values beside them."""
    if any(error["code"] == "other_tenant" for error in answer["errors"]):
        # Input typed for another tenant is not shown under this one's name.
        typed = cells_of(line.row)
        answer = {**answer, "errors": [{**answer["errors"][0], "detail": OTHER_TENANT}]}
    if answer["outcome"] == "changed":
        answer = {**answer, "errors": [{**error, "detail": meanwhile(line.row, say)} for error in answer["errors"]]}
    shown, words = columns(), labels()
    for error in answer["errors"]:
        name = error["column"] if error["column"] in words else ""
        said = error["detail"] + (f" Par exemple : {error['example']}." if error["example"] and name else "")
        line.errors[name] = fr(f"{line.errors[name]} {said}" if name in line.errors else said)
        # The confirmation boxes exist only when there is something to confirm.
        place_of = name if name in shown or (name and line.row["to_confirm"]) else COLUMN_OF_ROW
        about = f"{line.tenant}, {words[name].lower()}" if name else line.tenant
        form.refuse(f"{about} : {error['detail']}", f"#l{place}-{place_of}")
    if answer["outcome"] == "changed":
        saved = cells_of(line.row)
        line.theirs = {name: saved[name] or "vide" for name in shown if saved[name] != typed[name]}
    line.typed = typed


def meanwhile(row: DraftRow, say: Callable[[Author], str]) -> str:
    """Who saved since the page was shown, by name where the person may know it, and when."""
    who = f"Enregistrée depuis par {say(row['updated_by'])}, le {instant(row['updated_at'])}."
    return f"{who} Comparez les deux saisies avant d’enregistrer la vôtre."


def flash_saved(answers: list[SaveDraftsAnswerItem]) -> None:
    """Flashes how many rows were saved."""
    saved = sum(answer["outcome"] == "saved" for answer in answers)
    if saved:
        flash(f"{count(saved, 'ligne enregistrée', 'lignes enregistrées')}.", "success")
    else:
        flash("Aucune ligne n’a changé.", "info")
