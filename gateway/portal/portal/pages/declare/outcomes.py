"""What the page of a declaration says first, of each state: its title, and whether all is well or something waits."""

from dataclasses import dataclass
from typing import Any

from webui.typography import instant


@dataclass(frozen=True)
class Outcome:
    """`well`: in the green panel that ends a journey; else the words stand for themselves, with the state's tag."""

    title: str
    well: bool = False
    sentence: str = ""


OUTCOMES = {
    "not_concerned": Outcome("Sans objet"),
    "to_declare": Outcome("À déclarer"),
    "draft": Outcome("Brouillon"),
    "transmitted": Outcome("Déclaration transmise", well=True),
    "under_review": Outcome("Déclaration en cours de contrôle"),
    "integrated": Outcome("Déclaration prise en compte", well=True),
    "information_requested": Outcome("Complément demandé par la Caf"),
    "rejected": Outcome("Déclaration rejetée", sentence="Elle ne compte pas tant qu’elle n’est pas corrigée."),
    "superseded": Outcome("Déclaration remplacée"),
}
CORRECTION = "Rectification en cours"


def outcome_of(declaration: dict[str, Any]) -> Outcome:
    """Of a correction that is being typed: which version counts meanwhile."""
    if declaration["status"] != "draft" or not declaration["transmissions"]:
        return OUTCOMES[declaration["status"]]
    last = declaration["transmissions"][0]
    received = f"La version {last['version']}, reçue le {instant(last['transmitted_at'])},"
    if (last.get("answer") or {}).get("answer") == "rejected":
        sentence = f"{received} a été rejetée par la Caf. Validez la rectification pour la remplacer."
        return Outcome(CORRECTION, sentence=sentence)
    return Outcome(CORRECTION, sentence=f"{received} compte tant que vous n’avez pas validé la rectification.")
