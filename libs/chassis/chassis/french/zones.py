"""Zones (pure functions): a département (35, 2A, 971), a commune by its official code (35238) or the whole country."""

WHOLE_COUNTRY = "FR"
# A right on one of these three cities covers its arrondissements, which have their own commune codes.
ARRONDISSEMENTS = {
    "13055": tuple(str(code) for code in range(13201, 13217)),
    "69123": tuple(str(code) for code in range(69381, 69390)),
    "75056": tuple(str(code) for code in range(75101, 75121)),
}


def covered(zone: str) -> tuple[str, ...]:
    """The codes a zone covers: itself, and for Paris, Lyon and Marseille their arrondissements."""
    return (zone, *ARRONDISSEMENTS.get(zone, ()))
