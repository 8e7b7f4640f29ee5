"""WebAuthn ceremonies of a page: their options, and the challenge stored in the browser's session."""

from collections.abc import Callable

from flask import Response, session

from identity.factors import challenges
from identity.factors.challenges import Ceremony
from identity.factors.webauthn import Party, party_of
from identity.sessions.browser import runtime, settings

REFUSED = "Cette clé d’accès n’a pas pu être vérifiée. Recommencez, ou choisissez un autre moyen."


def start(ceremony: Ceremony, options: Callable[[Party, bytes], str]) -> Response:
    """The options as JSON. A new challenge replaces an earlier one of the same browser."""
    with runtime().transaction() as database:
        challenge = challenges.create_challenge(database, ceremony)
    session["challenge"] = challenges.encoded(challenge)
    return Response(options(party_of(settings()), challenge), content_type="application/json")


def given_challenge() -> str:
    """Removes and returns the challenge this browser must answer; empty if there is none."""
    return str(session.pop("challenge", ""))
