"""Our options for the WebAuthn ceremonies (Level 2 §7.1 and §7.2); the library does the verification."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity.models import Account, Passkey
from identity.settings import Settings

NAME = "Mon Compte Partenaire"
_TIMEOUT_MS = 120_000
_TRANSPORTS = frozenset(one.value for one in AuthenticatorTransport)
# Far above a real authenticator's answer (2 kB).
_LONGEST_ANSWER = 16 * 1024


class BadAnswer(Exception):
    """The authenticator's answer is not valid; the reason is for the journal, not for the page.

    `account_id` is set if a key of that account actually signed.
    """

    def __init__(self, reason: str, account_id: UUID | None = None) -> None:
        self.reason = reason
        self.account_id = account_id
        super().__init__(reason)


class Party(NamedTuple):
    """The relying party: a key created for one never answers another."""

    id: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    credential_id: str
    public_key: str
    sign_count: int
    transports: list[str]
    synced: bool


class Signed(NamedTuple):
    sign_count: int
    synced: bool


def party_of(settings: Settings) -> Party:
    parts = urlsplit(settings.public_url)
    return Party(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def creation_options(party: Party, account: Account, known: Iterable[Passkey], challenge: bytes) -> str:
    """JSON for ``navigator.credentials.create``: a key stored and unlocked by the device, not one of `known`."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=account.id.bytes,
        user_name=account.login,
        user_display_name=account.name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return webauthn.options_to_json(options)


def request_options(party: Party, known: Iterable[Passkey], challenge: bytes) -> str:
    """JSON for ``navigator.credentials.get``; without `known`, the device offers its keys for this site."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def read_answer(text: str) -> dict[str, object]:
    """Parses the answer; raises BadAnswer if it is too long, not a JSON object or has no credential id."""
    if len(text) > _LONGEST_ANSWER:
        raise BadAnswer("too long")
    try:
        answer = orjson.loads(text)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise BadAnswer("no credential")
    return answer


def user_handle(answer: dict[str, object]) -> bytes | None:
    """The key's owner, as stated by the device."""
    response = answer.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    try:
        return base64url_to_bytes(handle) if isinstance(handle, str) else None
    except ValueError:
        return None


def check_new_key(party: Party, answer: dict[str, object], challenge: bytes) -> NewKey:
    """Raises BadAnswer."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:
        # Any exception while parsing browser input is a bad answer, never a server error.
        raise BadAnswer(type(error).__name__) from error
    return NewKey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        transports=_transports(answer),
        synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def check_signature(party: Party, answer: dict[str, object], challenge: bytes, key: Passkey) -> Signed:
    """Raises BadAnswer. The caller compares the counter, once its signature is verified."""
    try:
        signed = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:
        # As above.
        raise BadAnswer(type(error).__name__) from error
    return Signed(signed.new_sign_count, signed.credential_device_type is CredentialDeviceType.MULTI_DEVICE)


def _descriptors(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[AuthenticatorTransport(one) for one in key.transports] or None,
        )
        for key in known
    ]


def _transports(answer: dict[str, object]) -> list[str]:
    """The known transports only: they are only ever sent back to the browser."""
    response = answer.get("response")
    given = response.get("transports") if isinstance(response, dict) else None
    return sorted({one for one in given if one in _TRANSPORTS}) if isinstance(given, list) else []
