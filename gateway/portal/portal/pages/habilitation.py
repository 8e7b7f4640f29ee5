"""Users and groups of an organisation, for its administrator and their delegates."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from chassis.french import communes
from chassis.french.housing import HOUSING_GROUPS
from chassis.texts import full_name
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import choices
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal import layout
from portal.api_types.habilitation import NewGroup, Scope
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm, lines_of
from portal.sign_in.person import current_user, login_required

pages = Blueprint("habilitation", __name__, url_prefix="/habilitations")
CIVILITIES = {"Mme": "Madame", "M.": "Monsieur"}
ZONE_WANTED = "Cochez au moins une zone, ou saisissez une commune, par exemple Rennes"
NO_COMMUNE = "«\u00a0{}\u00a0» n’est pas une commune de la liste officielle. Saisissez son nom, par exemple Rennes"
SEVERAL_COMMUNES = (
    "Plusieurs communes s’appellent «\u00a0{0}\u00a0»\u00a0: ajoutez le département, par exemple {0} (35)"
)
EMAIL_WANTED = "Saisissez l’adresse électronique, par exemple n.legoff@organisme.fr"
# Actions of the journal; one that is missing here is shown by the service's name for it.
ACTIONS = {
    "administrator.designated": "Administrateur désigné",
    "group.created": "Groupe ajouté",
    "group.removed": "Groupe retiré",
    "user.created": "Utilisateur créé",
    "user.credentials_requested": "Identifiants renvoyés",
    "user.email_refused": "Utilisateur non créé : adresse d’un autre compte",
    "user.withdrawn": "Utilisateur retiré",
    "user.account_closed": "Compte fermé par la Caf",
    "delegate.designated": "Responsable d’habilitation désigné",
    "delegate.withdrawn": "Responsable d’habilitation retiré",
}


class UserForm(IdempotentForm):
    """A new user: their details, and the groups to tick."""

    civility = RadioField(
        "Civilité", [InputRequired("Choisissez la civilité")], choices=choices(CIVILITIES), validate_choice=False
    )
    last_name = StringField("Nom", [InputRequired("Saisissez le nom, par exemple Le Goff")])
    # Some people have only one name.
    first_name = StringField("Prénom (s’il y en a un)")
    email = StringField("Adresse électronique", [InputRequired(EMAIL_WANTED)])
    function = StringField("Fonction (facultatif)")
    groups = SelectMultipleField(
        "Groupes d’habilitation", [InputRequired("Cochez au moins un groupe")], validate_choice=False
    )
    pointers: ClassVar[dict[str, str]] = {
        f"/{name}": name for name in ("civility", "last_name", "first_name", "email", "function", "groups")
    }

    def as_user(self) -> Mapping[str, object]:
        """The body for the service."""
        return {
            "civility": self.civility.data or "",
            "last_name": (self.last_name.data or "").strip(),
            "first_name": (self.first_name.data or "").strip(),
            "email": (self.email.data or "").strip(),
            "function": (self.function.data or "").strip() or None,
            "groups": list(self.groups.data or []),
        }


class GroupForm(IdempotentForm):
    """A new group: types of dwellings in a zone."""

    label = StringField("Nom du groupe", [InputRequired("Saisissez le nom du groupe, par exemple Agence de Rennes")])
    housing_types = SelectMultipleField(
        "Types de logements",
        [InputRequired("Cochez au moins un type de logements")],
        choices=choices(HOUSING_GROUPS),
        validate_choice=False,
    )
    zones = SelectMultipleField("Zones géographiques", validate_choice=False)
    communes = TextAreaField("Communes, si vous n’en confiez que certaines")
    pointers: ClassVar[dict[str, str]] = {"/label": "label", "/scopes": "zones"}

    def validate_communes(self, field: TextAreaField) -> None:
        """Each commune by name or code, from the official list; with the départements, at least one zone is needed."""
        self.chosen = list(self.zones.data or [])
        for line in lines_of((field.data or "").replace(",", "\n").replace(";", "\n")):
            found = communes.codes(line)
            if len(found) == 1:
                self.chosen.append(found[0])
            else:
                field.errors = [*field.errors, (SEVERAL_COMMUNES if found else NO_COMMUNE).format(line)]
        if not self.chosen and not field.errors:
            raise ValidationError(ZONE_WANTED)

    def as_group(self) -> NewGroup:
        """Every ticked type in every zone."""
        kinds = self.housing_types.data or []
        scopes: list[Scope] = [{"housing_type": kind, "zone": zone} for zone in self.chosen for kind in kinds]
        return {"label": (self.label.data or "").strip(), "scopes": scopes}


def organisation() -> str:
    """The organisation of the person signed in."""
    return str(current_user().organisation)


@pages.get("", strict_slashes=False)
@login_required("landlord")
def index() -> ResponseReturnValue:
    """Users and groups."""
    groups = api().habilitation.list_groups(organisation())
    names = {group["id"]: group["label"] for group in groups}
    users = api().habilitation.list_users(organisation())
    role = layout.access().get("role")
    shown = {"groups": groups, "users": users, "names": names, "types": HOUSING_GROUPS}
    return render_template(
        "habilitation/index.html", administrator=role == "administrator", manager=role in layout.MANAGERS, **shown
    )


@pages.route("/utilisateurs/nouveau", methods=["GET", "POST"])
@login_required("landlord")
def new_user() -> ResponseReturnValue:
    """The user receives login and password by e-mail, at once."""
    groups = api().habilitation.list_groups(organisation())
    form = UserForm()
    form.groups.choices = choices({group["id"]: group["label"] for group in groups if group["assignable"]})
    if request.method == "POST" and form.validate():
        try:
            api().habilitation.create_user(organisation(), form.as_user(), form.key.data or str(uuid.uuid4()))
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, form.pointers)
        else:
            flash("L’utilisateur est créé. Il reçoit son identifiant et son mot de passe par courriel.", "success")
            return redirect(url_for("habilitation.index"), 303)
    return render_template("habilitation/new_user.html", form=form), 422 if form.errors else 200


@pages.route("/groupes/nouveau", methods=["GET", "POST"])
@login_required("landlord")
def new_group() -> ResponseReturnValue:
    """Adds a group to the default ones."""
    form, zones = GroupForm(), api().habilitation.list_zones(organisation())
    form.zones.choices = choices({zone["zone"]: zone["label"] for zone in zones})
    if request.method == "POST" and form.validate():
        try:
            api().habilitation.create_group(organisation(), form.as_group(), form.key.data or str(uuid.uuid4()))
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, form.pointers)
        else:
            flash("Le groupe est ajouté.", "success")
            return redirect(url_for("habilitation.index"), 303)
    return render_template("habilitation/new_group.html", form=form), 422 if form.errors else 200


@pages.get("/journal")
@login_required("landlord")
def journal() -> ResponseReturnValue:
    """Who changed what, when and why; people by their names."""
    users = api().habilitation.list_users(organisation())
    groups = api().habilitation.list_groups(organisation())
    names = {user["account_id"]: full_name(user["first_name"], user["last_name"]) for user in users}
    names |= {group["id"]: group["label"] for group in groups}
    lines = api().habilitation.journal(organisation())
    return render_template("habilitation/journal.html", lines=lines, names=names, actions=ACTIONS)
