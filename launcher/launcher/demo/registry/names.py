"""The words that make up invented people, companies and streets."""

from dataclasses import dataclass

LAST_NAMES = (
    *("BRIAND", "CADIOU", "COLLET", "CORRE", "DANIEL", "DEUJOURS", "FAUCHEUX", "GALLIC", "GUEGUEN", "GUILLOU"),
    *("HAMON", "HERVE", "JEGOU", "KERVELLA", "LAMANDE", "LE BIHAN", "LE GALL", "LE GOFF", "LE ROUX", "LUCAS"),
    *("MADEC", "MARTIN", "MORVAN", "NEDELEC", "OLLIVIER", "PENNEC", "PRIGENT", "QUEMENER", "RIOU", "ROPARS"),
    *("SALAUN", "SIMON", "TANGUY", "THOMAS", "TOULLEC", "URVOAS", "VAILLANT", "YVON"),
)
# First name and its civility.
FIRST_NAMES = (
    *(("Adam", "M."), ("Aurélie", "Mme"), ("Brieuc", "M."), ("Chloé", "Mme"), ("Denez", "M."), ("Élise", "Mme")),
    *(("Erwan", "M."), ("Fanny", "Mme"), ("Gaël", "M."), ("Héloïse", "Mme"), ("Ivan", "M."), ("Jeanne", "Mme")),
    *(("Killian", "M."), ("Lénaïg", "Mme"), ("Malo", "M."), ("Nolwenn", "Mme"), ("Olivier", "M."), ("Rozenn", "Mme")),
    *(("Solène", "Mme"), ("Tristan", "M."), ("Ursule", "Mme"), ("Yann", "M."), ("Zoé", "Mme")),
)
COMPANIES = ("REGIE", "AGENCE", "FONCIERE", "GESTION", "SCI", "OFFICE")
PLACES = ("DES LICES", "DU PORT", "DES REMPARTS", "DE L OUST", "DES HORTENSIAS", "DU GRAND LARGE", "DES TANNEURS")
STREETS = (
    *("RUE GINA PANE", "RUE DES LILAS", "PLACE DES LICES", "AVENUE DU MAIL", "QUAI DE LA FONTAINE"),
    *("RUE DU FOUR", "ALLEE DES ACACIAS", "RUE DE LA SOIF", "CHEMIN DU LAVOIR", "BOULEVARD DE LA MER"),
)


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune from Insee's official list, with a postal code and its name on letters."""

    insee: str
    postal: str
    name: str


COMMUNES: dict[str, tuple[Commune, ...]] = {
    "35": (
        Commune("35238", "35000", "RENNES"),
        Commune("35288", "35400", "ST MALO"),
        Commune("35115", "35300", "FOUGERES"),
        Commune("35360", "35500", "VITRE"),
        Commune("35236", "35600", "REDON"),
        Commune("35047", "35170", "BRUZ"),
    ),
    "22": (
        Commune("22278", "22000", "ST BRIEUC"),
        Commune("22113", "22300", "LANNION"),
        Commune("22050", "22100", "DINAN"),
        Commune("22070", "22200", "GUINGAMP"),
    ),
    "56": (
        Commune("56260", "56000", "VANNES"),
        Commune("56121", "56100", "LORIENT"),
        Commune("56178", "56300", "PONTIVY"),
        Commune("56007", "56400", "AURAY"),
    ),
}
