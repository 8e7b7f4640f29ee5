"""A small application that uses every macro of the layout."""

from datetime import date, timedelta
from pathlib import Path

from flask import Flask, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import MetaData, create_engine
from sqlalchemy.pool import StaticPool
from webui import Link, Person, install
from webui.forms import FrenchDateField, PageForm, choices
from webui.sessions import SqlSessionInterface, session_table
from wtforms import BooleanField, FileField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Optional

STATES = {"to_declare": ("À déclarer", "blue"), "transmitted": ("Transmise", "green")}


class DemoForm(PageForm):
    """One field of each kind."""

    name = StringField("Nom", [InputRequired("Saisissez votre nom, par exemple Martin")])
    rent = StringField("Loyer hors charges")
    left_on = FrenchDateField("Date de départ", [Optional()])
    present = RadioField(
        "Le locataire est-il présent\u00a0?", choices=choices({"yes": "Oui", "no": "Non"}), default="yes"
    )
    groups = SelectMultipleField("Groupes", choices=choices({"1": "Conventionnés, 35", "2": "Privés, 35"}))
    kind = SelectField("Type", choices=choices({"c": "Conventionné", "p": "Privé"}))
    secret = PasswordField("Mot de passe")
    note = TextAreaField("Précisions")
    agreed = BooleanField("J’accepte les règles d’usage")
    upload = FileField("Fichier du registre")


def make_demo(**config: object) -> Flask:
    """The application; `config` goes to Flask's."""
    app = Flask("demo", static_folder=None, template_folder=str(Path(__file__).parent / "demo_templates"))
    app.secret_key = "for the tests"
    app.config.update(config)
    metadata = MetaData()
    table = session_table(metadata)
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(engine)
    app.session_interface = SqlSessionInterface(
        lambda: engine,
        table,
        name="demo",
        secure=app.config["PREFERRED_URL_SCHEME"] == "https",
        idle=timedelta(hours=1),
    )
    app.extensions["demo_engine"], app.extensions["demo_table"] = engine, table
    install(
        app,
        service_name="Espace Partenaires – Offre Bailleurs",
        navigation=lambda: [Link("Accueil", "/", exact=True), Link("Déclarer un loyer", "/tout")],
        user=lambda: Person("Jeanne Martin", "/sortie", "Habitat 35", "/compte/"),
        states=STATES,
    )
    add_views(app)
    return app


def add_views(app: Flask) -> None:
    """The pages."""

    @app.route("/tout", methods=["GET", "POST"])
    def everything() -> ResponseReturnValue:
        form = DemoForm(data={"left_on": date(2026, 7, 5)} if request.method == "GET" else None)
        if form.validate_on_submit():
            flash("Votre saisie est enregistrée", "success")
            return redirect("/tout", 303)
        page = render_template(
            "everything.html", form=form, links=[Link("Tout", "/tout"), Link("Ailleurs", "/ailleurs")]
        )
        return page, 422 if form.errors else 200

    @app.get("/erreur/<int:code>")
    def error(code: int) -> ResponseReturnValue:
        abort(code)

    @app.get("/panne")
    def failure() -> ResponseReturnValue:
        raise RuntimeError("secret detail")
