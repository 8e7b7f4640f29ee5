"""The states of a declaration in French, for lists, tags and the page of each: the portal's one table of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeclarationState:
    """`well`: in the green panel that ends a journey; else the words stand for themselves, with the state's tag."""

    # The service's own word: the portal imports no service, so a test compares the two tables.
    label: str
    colour: str
    # The heading of its page, where the label alone would not say what it is of.
    heading: str = ""
    well: bool = False
    sentence: str = ""

    @property
    def title(self) -> str:
        """What its page says first."""
        return self.heading or self.label


# In the order of the journey.
DECLARATION_STATES = {
    "not_concerned": DeclarationState("Sans objet", "grey"),
    "to_declare": DeclarationState("À déclarer", "blue"),
    "draft": DeclarationState("Brouillon", "yellow"),
    "transmitted": DeclarationState("Transmise", "green", "Déclaration transmise", well=True),
    "integrated": DeclarationState("Prise en compte", "turquoise", "Déclaration prise en compte", well=True),
    "under_review": DeclarationState("En cours de contrôle", "purple", "Déclaration en cours de contrôle"),
    "information_requested": DeclarationState("Complément demandé", "orange", "Complément demandé par la Caf"),
    "rejected": DeclarationState(
        "Rejetée", "red", "Déclaration rejetée", sentence="Elle ne compte pas tant qu’elle n’est pas corrigée."
    ),
    "superseded": DeclarationState("Remplacée", "grey", "Déclaration remplacée"),
}
