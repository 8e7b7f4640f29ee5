"""WebAuthn challenges: random, for one purpose, short-lived, single-use."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from secrets import token_bytes

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from identity.factors.webauthn import BadAnswer, read_answer
from identity.models import PasskeyChallenge

LIFETIME = timedelta(minutes=5)
_BYTES = 32


class Ceremony(StrEnum):
    REGISTRATION = "registration"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    PROOF = "proof"


@dataclass(frozen=True)
class Answer:
    """An authenticator's unverified answer, and the challenge it must have signed."""

    content: dict[str, object]
    challenge: bytes


def create_challenge(session: Session, ceremony: Ceremony) -> bytes:
    """Creates a challenge; the caller stores it in the browser's session, so that nobody else can answer it."""
    challenge = token_bytes(_BYTES)
    expires_at = clock.now() + LIFETIME
    session.add(PasskeyChallenge(challenge=encoded(challenge), purpose=ceremony, expires_at=expires_at))
    session.flush()
    return challenge


def encoded(challenge: bytes) -> str:
    """The form stored in the browser's session and the table."""
    return bytes_to_base64url(challenge)


def read_challenge_answer(runtime: Runtime, ceremony: Ceremony, challenge: str, text: str) -> Answer:
    """The browser's answer to the challenge stored in its session. Raises BadAnswer.

    Runs in its own transaction: a wrong answer consumes the challenge too.
    """
    asked = (
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge == challenge,
            PasskeyChallenge.purpose == ceremony,
            PasskeyChallenge.expires_at > clock.now(),
        )
        .returning(PasskeyChallenge.challenge)
    )
    with runtime.transaction() as session:
        if session.scalar(asked) is None:
            raise BadAnswer("challenge")
    return Answer(read_answer(text), base64url_to_bytes(challenge))


def purge(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= clock.now()))
