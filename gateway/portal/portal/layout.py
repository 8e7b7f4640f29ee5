"""What every page of the portal shows about the person signed in."""

from collections.abc import Sequence

from flask import g, session
from webui import Link, Person

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.declaration_states import DECLARATION_STATES
from portal.sign_in.person import SignedIn, signed_in
from portal.sign_in.tokens import SignedOut

# State of a declaration, an import, a campaign, a message, a batch or an account -> (label, colour of the tag).
STATES = {
    **{code: (state.label, state.colour) for code, state in DECLARATION_STATES.items()},
    "received": ("Reçu", "blue"),
    "checking": ("Contrôle en cours", "yellow"),
    "checked": ("Contrôlé", "blue"),
    "applying": ("Application en cours", "yellow"),
    "applied": ("Appliqué", "green"),
    "running": ("En cours", "yellow"),
    "done": ("Terminé", "green"),
    "refused": ("Refusé", "red"),
    "open": ("Ouverte", "green"),
    "closed": ("Close", "grey"),
    "waiting": ("À envoyer", "blue"),
    "sending": ("Envoi en cours", "yellow"),
    "to_compose": ("Courrier à composer", "blue"),
    "composed": ("Courrier prêt à imprimer", "yellow"),
    "batched": ("Confié à l’imprimeur", "yellow"),
    "delivered": ("Envoyé", "green"),
    "bounced": ("Adresse électronique refusée", "orange"),
    "failed": ("Échec définitif", "red"),
    "expired": ("Périmé avant l’envoi", "grey"),
    "withdrawn": ("Annulé", "grey"),
    "address_refused": ("Adresse postale à corriger", "orange"),
    "returned": ("Retourné par La Poste", "orange"),
    "planned": ("En préparation", "blue"),
    "ready": ("À imprimer", "yellow"),
    "active": ("Ouvert", "green"),
    "suspended": ("Suspendu", "red"),
    "acknowledged": ("Pris en charge par l’imprimeur", "green"),
    "purged": ("Fichier effacé", "grey"),
}
AGENT_LINKS = (
    Link("Espace agent", "/agent", exact=True),
    Link("Registre", "/agent/registre"),
    Link("Campagnes", "/agent/campagnes"),
    Link("Déclarations", "/declarer"),
    Link("Papier", "/agent/papier"),
    Link("Exports", "/agent/exports"),
    Link("Réponses de la Caf", "/agent/reponses"),
    Link("Signalements", "/signalements"),
    Link("Messages", "/agent/messages"),
    Link("Courriers", "/agent/courriers"),
    Link("Comptes", "/agent/comptes"),
)
LANDLORD_LINKS = (
    Link("Accueil", "/", exact=True),
    Link("Déclarer un loyer", "/declarer"),
    Link("Signalements", "/signalements"),
)
HABILITATION_LINK = Link("Habilitations", "/habilitations")
HELP_LINK = Link("Aide", "/aide")
VISITOR_LINKS = (Link("Accueil", "/", exact=True), Link("Aide", "/aide"))
MANAGERS = frozenset({"administrator", "delegate"})
ALONE = "natural_person"
ACCESS = "access"


def access() -> dict[str, str]:
    """
    `role`, `organisation_name` and `organisation_kind` of the landlord's user, read once per page; empty if unknown.

    They only decide which links are shown: every right is checked by the called service.
    """
    if ACCESS not in g:
        try:
            found = api().habilitation.my_access()
        except (Refused, Unavailable, SignedOut):
            found = session.get(ACCESS, {})
        kept = {name: found[name] for name in ("role", "organisation_name", "organisation_kind") if name in found}
        if kept != session.get(ACCESS):
            session[ACCESS] = kept
        g.access = kept
    return dict(g.access)


def manages_users() -> bool:
    """Whether the person manages other users; a natural person has no other users."""
    held = access()
    return held.get("role") in MANAGERS and held.get("organisation_kind") != ALONE


def navigation() -> Sequence[Link]:
    """The main menu."""
    person = signed_in()
    if person is None:
        return VISITOR_LINKS
    if person.is_agent:
        return (*AGENT_LINKS, HELP_LINK)
    managing = (HABILITATION_LINK,) if manages_users() else ()
    return (*LANDLORD_LINKS, *managing, HELP_LINK)


def person() -> Person | None:
    """The name at the top of the page, with the organisation or the Caf."""
    found = signed_in()
    return Person(found.name, "/deconnexion", detail_of(found), "/compte/securite") if found else None


def detail_of(found: SignedIn) -> str:
    """The organisation or Caf that the person acts for."""
    if found.is_agent:
        return f"Caf {found.caf}" if found.caf else "Supervision nationale"
    return access().get("organisation_name", "")
