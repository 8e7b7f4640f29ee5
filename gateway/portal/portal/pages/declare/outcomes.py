"""What the page of a declaration says first, of each state: its title, and whether all is well or something waits."""

from dataclasses import dataclass, replace
from typing import Any

from webui.typography import instant, long_date


@dataclass(frozen=True)
class Outcome:
    """`well`: in the green panel that ends a journey; else the words stand for themselves, with the state's tag."""

    title: str
    well: bool = False
    sentence: str = ""
    # What the landlord does about it, while the campaign takes corrections.
    asked: str = ""


OUTCOMES = {
    "not_concerned": Outcome("Sans objet"),
    "to_declare": Outcome("À déclarer"),
    "draft": Outcome("Brouillon"),
    "transmitted": Outcome("Déclaration transmise", well=True),
    "under_review": Outcome("Déclaration en cours de contrôle"),
    "integrated": Outcome("Déclaration prise en compte", well=True),
    "information_requested": Outcome("Complément demandé par la Caf", asked="Répondez à la Caf"),
    "rejected": Outcome(
        "Déclaration rejetée",
        sentence="Elle ne compte pas tant qu’elle n’est pas corrigée.",
        asked="Corrigez-la et validez à nouveau",
    ),
    "superseded": Outcome("Déclaration remplacée"),
}
CORRECTION = "Rectification en cours"
CLOSED = "La campagne n’accepte plus d’envoi : appelez votre Caf en rappelant la référence."


def outcome_of(declaration: dict[str, Any], agent: bool = False) -> Outcome:
    """Of a correction that is being typed: which version counts meanwhile. Of what waits: until when."""
    if declaration["status"] != "draft" or not declaration["transmissions"]:
        outcome = OUTCOMES[declaration["status"]]
        return outcome if agent or not outcome.asked else _asking(outcome, declaration)
    last = declaration["transmissions"][0]
    received = f"La version {last['version']}, reçue le {instant(last['transmitted_at'])},"
    if (last.get("answer") or {}).get("answer") == "rejected":
        sentence = f"{received} a été rejetée par la Caf. Validez la rectification pour la remplacer."
        return Outcome(CORRECTION, sentence=sentence)
    return Outcome(CORRECTION, sentence=f"{received} compte tant que vous n’avez pas validé la rectification.")


def _asking(outcome: Outcome, declaration: dict[str, Any]) -> Outcome:
    until = f"{outcome.asked} jusqu’au {long_date(declaration['campaign']['cut_off'])}."
    way_on = until if "amend" in declaration["actions"] else CLOSED
    return replace(outcome, sentence=f"{outcome.sentence} {way_on}".strip())
