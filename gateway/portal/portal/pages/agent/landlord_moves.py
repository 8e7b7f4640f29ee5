"""Moving a landlord to another company, a natural person or another Caf, after showing what moves along."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import choices
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm
from portal.pages.agent.landlords import pages
from portal.sign_in.person import current_user, login_required

CIVILITIES = {"Mme": "Mme", "M.": "M."}


class MoveForm(IdempotentForm):
    """A move needs a reason; it applies to the landlord as it was shown."""

    reason = TextAreaField("Motif", [InputRequired("Saisissez le motif.")])
    version = HiddenField()


class CompanyForm(MoveForm):
    siret = StringField("Nouveau SIRET", [InputRequired("Saisissez le SIRET, par exemple 73282932000074.")])
    name = StringField("Raison sociale", [InputRequired("Saisissez la raison sociale, par exemple REGIE DES LICES.")])


class PersonForm(MoveForm):
    civility = RadioField("Civilité", [InputRequired("Choisissez la civilité.")], choices=choices(CIVILITIES))
    last_name = StringField("Nom", [InputRequired("Saisissez le nom, par exemple MARTIN.")])
    first_name = StringField("Prénom, s’il y en a un")


class CafForm(MoveForm):
    caf_code = StringField(
        "Code de la nouvelle Caf", [InputRequired("Saisissez le code à trois chiffres, par exemple 569.")]
    )


@dataclass(frozen=True)
class Move:
    """`path` is the end of the URL in the declaration service; `asked` the fields besides the reason."""

    path: str
    form: type[MoveForm]
    title: str
    explained: str
    button: str
    done: str
    asked: tuple[str, ...]
    supervisors: bool = False

    def fields(self, form: MoveForm) -> list[Field]:
        return [form[name] for name in self.asked]


MOVES = {
    "entreprise": Move(
        "company",
        CompanyForm,
        "Rattacher ce bailleur à une autre entreprise",
        "Les comptes de l’entreprise actuelle ne verront plus ce qui suit\u00a0; ceux de la nouvelle le verront. Si la "
        "nouvelle n’a pas de compte, il est créé et ses identifiants partent à l’adresse du registre. Les "
        "récapitulatifs déjà remis restent à qui les a reçus.",
        "Changer l’entreprise",
        "Le bailleur est rattaché à l’autre entreprise.",
        ("siret", "name"),
    ),
    "personne": Move(
        "natural-person",
        PersonForm,
        "Faire de ce bailleur une personne physique",
        "Les comptes de l’entreprise ne verront plus ce qui suit. La personne a son propre compte\u00a0: ses "
        "identifiants partent à l’adresse du registre. Les récapitulatifs déjà remis restent à qui les a reçus.",
        "Changer en personne physique",
        "Le bailleur est une personne physique.",
        ("civility", "last_name", "first_name"),
    ),
    "caf": Move(
        "caf",
        CafForm,
        "Confier ce bailleur à une autre Caf",
        "Seule la nouvelle Caf pourra désormais le modifier par son fichier. Ce qui a été demandé et déclaré reste "
        "à la Caf qui l’a demandé.",
        "Changer la Caf",
        "Le bailleur est confié à l’autre Caf.",
        ("caf_code",),
        supervisors=True,
    ),
}


@pages.route("/<uuid:landlord>/<any(entreprise, personne, caf):name>", methods=["GET", "POST"])
@login_required("agent")
def move(landlord: Any, name: str) -> ResponseReturnValue:
    """Shows what moves along, asks for the reason, then moves."""
    chosen = MOVES[name]
    if chosen.supervisors and not current_user().supervisor:
        abort(404)
    concerned = api().declaration.landlord(str(landlord))
    form = chosen.form(version=concerned["version"])
    if request.method == "POST" and form.validate():
        try:
            _send(chosen, str(landlord), form)
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, {f"/{field}": field for field in (*chosen.asked, "reason")})
        else:
            flash(chosen.done, "success")
            return redirect(url_for("landlords.show", landlord=landlord), 303)
    shown = {"landlord": concerned, "move": chosen, "form": form}
    return render_template("agent/landlord_move.html", **shown), 422 if form.errors else 200


def _send(chosen: Move, landlord: str, form: MoveForm) -> None:
    version = form.version.data or ""
    body = {
        **{name: (form[name].data or "").strip() for name in chosen.asked},
        "reason": (form.reason.data or "").strip(),
        "version": int(version) if version.isascii() and version.isdigit() else 1,
    }
    api().declaration.move_landlord(landlord, chosen.path, body, form.key.data or "")
