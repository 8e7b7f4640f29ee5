"""Help pages, in place of the guides."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

pages = Blueprint("help", __name__, url_prefix="/aide")
# Path -> (title, the question it answers).
SUBJECTS = {
    "premiere-connexion": (
        "Votre première connexion",
        "Identifiant et mot de passe provisoires, étapes à suivre, administrateur de l’organisme.",
    ),
    "proteger-votre-compte": (
        "Protéger votre compte",
        "Clé d’accès, application d’authentification, codes de secours, et que faire en cas de perte.",
    ),
    "numero-utilisateur": (
        "Trouver votre N°\u00a0d’utilisateur",
        "Où il se trouve sur le courrier de juillet et sur les quittances.",
    ),
    "declarer-un-loyer": (
        "Déclarer un loyer",
        "De la liste de vos locataires au récapitulatif PDF.",
    ),
    "nombreux-locataires": (
        "Déclarer pour de nombreux locataires",
        "Saisir en tableau, importer un fichier, transmettre en lot.",
    ),
    "utilisateurs-et-groupes": (
        "Utilisateurs et groupes d’habilitation",
        "Donner accès à vos collaborateurs, selon le type de logements et la zone géographique.",
    ),
}


@pages.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The list of subjects."""
    return render_template("help/index.html", subjects=SUBJECTS)


@pages.get("/<subject>")
def page(subject: str) -> ResponseReturnValue:
    """One subject."""
    if subject not in SUBJECTS:
        abort(404)
    return render_template(f"help/{subject}.html", title=SUBJECTS[subject][0])
