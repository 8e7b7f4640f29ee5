"""French first: the message identifiers are the French sentences."""

from gettext import NullTranslations

from babel.support import Translations
from chassis.clock import PARIS
from flask import Flask
from flask_babel import Babel, Domain, get_babel


class FrenchPlurals(NullTranslations):
    """For sentences outside any catalogue: in French 0 and 1 are singular; gettext's default is English."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """`msgid1` when |n| < 2."""
        return msgid1 if abs(n) < 2 else msgid2


class FrenchDomain(Domain):  # type: ignore[misc]  # Flask-Babel is untyped
    """The usual catalogues, falling back to French plurals."""

    def get_translations(self) -> Translations:
        """The catalogue of the request's language."""
        translations: Translations = super().get_translations()
        if translations._fallback is None:
            translations.add_fallback(FrenchPlurals())
            # Flask-Babel calls the old name, which Babel bound to gettext's own class.
            translations.ungettext = translations.ngettext  # type: ignore[method-assign]  # an alias of the same shape
        return translations


def add_babel(app: Flask) -> None:
    """Locale fr, times shown in Europe/Paris."""
    Babel(app, default_locale="fr", default_timezone=PARIS.key)
    get_babel(app).instance.domain_instance = FrenchDomain()
