"""« Je n’arrive pas à me connecter »: three simple answers determine the way to recover access (both guides)."""

from enum import StrEnum


class Origin(StrEnum):
    """How the credentials were received."""

    LETTER = "letter"
    EMAIL = "email"
    ADMINISTRATOR = "administrator"


class Way(StrEnum):
    LOST_IDENTIFIER = "lost_identifier"
    FORGOTTEN_PASSWORD = "forgotten_password"  # noqa: S105 - the name of a way
    ADMINISTRATOR = "administrator"


ORIGINS: dict[str, str] = {
    Origin.LETTER: "La Caf me l’a envoyé par courrier",
    Origin.EMAIL: "La Caf me l’a envoyé par courriel",
    Origin.ADMINISTRATOR: "L’administrateur de mon organisme l’a créé",
}

# (how the credentials were received, signed in before, still has the login) → way. Whoever got letters and never signed
# in has given no e-mail yet: only the user number works. Whoever signed in has given one.
WAYS: dict[tuple[Origin, bool, bool], Way] = {
    (Origin.LETTER, False, False): Way.LOST_IDENTIFIER,
    (Origin.LETTER, False, True): Way.LOST_IDENTIFIER,
    (Origin.LETTER, True, False): Way.LOST_IDENTIFIER,
    (Origin.LETTER, True, True): Way.FORGOTTEN_PASSWORD,
    (Origin.EMAIL, False, False): Way.LOST_IDENTIFIER,
    (Origin.EMAIL, False, True): Way.FORGOTTEN_PASSWORD,
    (Origin.EMAIL, True, False): Way.LOST_IDENTIFIER,
    (Origin.EMAIL, True, True): Way.FORGOTTEN_PASSWORD,
    (Origin.ADMINISTRATOR, False, False): Way.ADMINISTRATOR,
    (Origin.ADMINISTRATOR, False, True): Way.FORGOTTEN_PASSWORD,
    (Origin.ADMINISTRATOR, True, False): Way.ADMINISTRATOR,
    (Origin.ADMINISTRATOR, True, True): Way.FORGOTTEN_PASSWORD,
}
