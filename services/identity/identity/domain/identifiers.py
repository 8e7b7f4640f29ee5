"""Parsing of identifiers (user number, e-mail address) and of the information given at the first sign-in."""

import re
import unicodedata

from chassis import email_address
from chassis.problems import FieldError

USER_NUMBER_DIGITS = 14
_TELEPHONE = re.compile(r"\+?[0-9]{6,15}")

EMAIL_TAKEN = (
    "Un autre compte utilise déjà cette adresse. Chaque compte doit avoir la sienne, car c’est là que nous vous "
    "enverrons un nouveau mot de passe. Si vous avez un compte par département, indiquez ici une autre adresse."
)


def normalise_user_number(typed: str) -> str | None:
    """14 digits, or None; spaces are tolerated (``359 00007090001``). No check digit is known, so none is checked."""
    digits = "".join(typed.split())
    return digits if len(digits) == USER_NUMBER_DIGITS and digits.isascii() and digits.isdigit() else None


def normalise_email(typed: str) -> str | None:
    """The address in lower case, or None if it is malformed."""
    email = unicodedata.normalize("NFC", typed.strip()).lower()
    return email if email_address.is_address(email) else None


def typed_email(typed: str) -> str | None:
    """As `normalise_email`, for an address typed by a person; also None if mail cannot be delivered to it."""
    email = normalise_email(typed)
    return email if email and email_address.refusal(email) is None else None


def normalise_telephone(typed: str) -> str | None:
    """Digits with an optional ``+``, or None; spaces, dots and hyphens are tolerated."""
    number = re.sub(r"[\s.\-()]", "", typed)
    return number if _TELEPHONE.fullmatch(number) else None


def user_number_error(pointer: str = "/user_number") -> FieldError:
    return FieldError(
        pointer=pointer,
        code="user_number",
        detail="Le N° utilisateur compte 14 chiffres. Il figure sur le courrier de juillet et sur les quittances.",
        rule="14 chiffres, espaces tolérées",
        example="359 00007090001",
    )


def email_error(typed: str, pointer: str = "/email") -> FieldError:
    """The error for an address that `typed_email` rejects."""
    return FieldError(
        pointer=pointer,
        code="email",
        detail=email_address.refusal(unicodedata.normalize("NFC", typed.strip())) or "",
        rule=email_address.RULE,
        example="prenom.nom@exemple.fr",
    )


def telephone_error(pointer: str = "/telephone") -> FieldError:
    return FieldError(
        pointer=pointer,
        code="telephone",
        detail="Ce numéro n’est pas lisible.",
        rule="6 à 15 chiffres, précédés ou non de +",
        example="02 99 00 00 00",
    )
