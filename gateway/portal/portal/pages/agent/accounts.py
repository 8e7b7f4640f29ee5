"""« Comptes »: an agent finds an account, sees its state and journal, and acts on it with a reason."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import choices
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.api_types.identity import SupervisedAccount
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm
from portal.pages.addresses import address
from portal.sign_in.person import login_required

pages = Blueprint("accounts", __name__, url_prefix="/agent/comptes")
CRITERIA = {
    "user_number": "N° utilisateur",
    "login": "Identifiant de connexion",
    "email": "Adresse courriel",
    "name": "Nom de la personne ou du bailleur",
}


@dataclass(frozen=True)
class Act:
    """An action that an agent may request from identity; `path` is the end of its URL there."""

    path: str
    title: str
    explained: str
    button: str
    done: str
    of_organisation: bool = False


ACTS = {
    "suspension": Act(
        "suspension",
        "Suspendre ce compte",
        "Ses sessions se ferment aussitôt. La personne ne peut plus se connecter et ne voit plus rien, "
        "jusqu’à ce qu’un agent rétablisse le compte. Elle en est prévenue par courriel.",
        "Suspendre le compte",
        "Le compte est suspendu.",
    ),
    "retablissement": Act(
        "restoration",
        "Rétablir ce compte",
        "La personne peut de nouveau se connecter. Elle en est prévenue par courriel.",
        "Rétablir le compte",
        "Le compte est rétabli.",
    ),
    "mot-de-passe": Act(
        "password-change",
        "Demander un changement de mot de passe",
        "Ses sessions se ferment. À sa prochaine connexion, la personne doit choisir un autre mot de passe. "
        "Elle en est prévenue par courriel.",
        "Demander le changement",
        "La personne devra changer de mot de passe à sa prochaine connexion.",
    ),
    "seconde-verification": Act(
        "factor-resets",
        "Retirer une seconde vérification perdue",
        "Un autre agent de votre Caf doit donner son accord. Vérifiez d’abord l’identité de la personne, qui est "
        "prévenue aussitôt par courriel. Une fois le retrait accepté, ses sessions se ferment\u00a0; elle en est "
        "prévenue aussi.",
        "Demander le retrait",
        "La demande attend l’accord d’un autre agent.",
    ),
    "fermeture": Act(
        "closing",
        "Fermer ce compte",
        "La fermeture est définitive\u00a0: la personne n’a plus aucun droit et ses sessions se ferment aussitôt. "
        "Pour lui redonner accès, l’organisme devra créer un nouvel utilisateur. Elle en est prévenue par courriel. "
        "Le compte d’un administrateur ne se ferme pas\u00a0: il est d’abord remplacé.",
        "Fermer le compte",
        "Le compte est fermé.",
    ),
    "suspension-organisme": Act(
        "suspension",
        "Suspendre tout l’organisme",
        "Tous ses comptes sont suspendus, y compris ceux qui seraient créés ensuite, dans toutes les Caf.",
        "Suspendre l’organisme",
        "L’organisme est suspendu.",
        of_organisation=True,
    ),
    "retablissement-organisme": Act(
        "restoration",
        "Rétablir tout l’organisme",
        "Ses comptes s’ouvrent de nouveau, sauf ceux qui ont été suspendus pour eux-mêmes.",
        "Rétablir l’organisme",
        "L’organisme est rétabli.",
        of_organisation=True,
    ),
}


class SearchForm(IdempotentForm):
    """One search criterion, matched whole."""

    criterion = SelectField("Chercher par", choices=choices(CRITERIA))
    typed = StringField("Valeur exacte", [InputRequired("Saisissez ce que vous cherchez, en entier."), Length(max=200)])
    cursor = HiddenField()


class ReasonForm(IdempotentForm):
    """Every action needs a reason."""

    reason = TextAreaField("Motif", [InputRequired("Saisissez le motif.")])


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
@login_required("agent")
def search() -> ResponseReturnValue:
    """By POST: a name or an e-mail must not appear in a URL."""
    form, found = SearchForm(), None
    if request.method == "POST" and form.validate():
        try:
            found = api().identity.search_accounts({form.criterion.data: form.typed.data}, form.cursor.data or "")
        except Refused as error:
            if error.status not in (400, 422):
                raise
            form.fail_from(error.problem, {f"/{name}": "typed" for name in CRITERIA})
    return render_template("agent/accounts.html", form=form, found=found), 422 if form.errors else 200


@pages.get("/<uuid:account>")
@login_required("agent")
def detail(account: Any) -> ResponseReturnValue:
    """The state of the account and the actions it allows."""
    return render_template("agent/account.html", account=api().identity.account(str(account)), acts=ACTS)


@pages.get("/<uuid:account>/journal")
@login_required("agent")
def journal(account: Any) -> ResponseReturnValue:
    """The account's journal, with the reasons given by agents."""
    shown = api().identity.account(str(account))
    found = api().identity.account_activity(str(account), request.args.get("cursor", ""))
    following = found.get("next_cursor")
    next_page = address("accounts.journal", account=account, cursor=following) if following else ""
    return render_template("agent/account_journal.html", account=shown, found=found, following=next_page)


@pages.route("/<uuid:account>/<name>", methods=["GET", "POST"])
@login_required("agent")
def act(account: Any, name: str) -> ResponseReturnValue:
    """Asks for a reason and a confirmation, then acts."""
    chosen = ACTS.get(name) or abort(404)
    form, concerned = ReasonForm(), api().identity.account(str(account))
    if request.method == "POST" and form.validate():
        try:
            _send(chosen, concerned, form)
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, {"/reason": "reason"})
        else:
            flash(chosen.done, "success")
            return redirect(url_for("accounts.detail", account=account), 303)
    shown = {"account": concerned, "act": chosen, "form": form}
    return render_template("agent/account_act.html", **shown), 422 if form.errors else 200


def _send(chosen: Act, concerned: SupervisedAccount, form: ReasonForm) -> None:
    reason, key = form.reason.data or "", form.key.data or ""
    if not chosen.of_organisation:
        api().identity.act_on_account(concerned["account_id"], chosen.path, reason, key)
    elif concerned["organisation_id"]:
        api().identity.act_on_organisation(concerned["organisation_id"], chosen.path, reason, key)
    else:
        abort(404)
