"""The states of a declaration in French, for lists, tags and page titles: the portal's only table of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeclarationState:
    """`well`: shown in the green panel that ends a journey; otherwise as text with the state's tag."""

    # The service's own label: the portal imports no service, so a test compares the two tables.
    label: str
    colour: str
    # The heading of its page, where the label alone is not clear enough.
    heading: str = ""
    well: bool = False
    sentence: str = ""

    @property
    def title(self) -> str:
        """The heading of its page."""
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
