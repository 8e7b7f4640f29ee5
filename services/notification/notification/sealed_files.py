"""Sealed files: opens the PDFs from documents, seals batches for the printer."""

import json
from base64 import b64decode

from chassis import sealing
from chassis.keys import unb64
from chassis.settings import Settings
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

_FOR_PRINTER = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}


def open_pdf(settings: Settings, stored: bytes) -> bytes:
    """Opens a file of the exchange storage and returns its PDF. Raises SealBroken."""
    try:
        return b64decode(sealing.open_sealed(settings, stored.decode("ascii"))["pdf"], validate=True)
    except (KeyError, ValueError) as error:
        raise sealing.SealBroken from error


def printer_key(encoded: str) -> ECKey:
    """The key of `BAILLEURS_PRINTER_PUBLIC_KEY`, base64url of a JWK (EC). Raises ValueError for anything else."""
    try:
        return ECKey.import_key(json.loads(unb64(encoded)))
    except (JoseError, KeyError, TypeError) as error:
        raise ValueError("not a JWK of an elliptic curve") from error


def seal_for_printer(public_key: str, archive: bytes) -> bytes:
    """JWE compact of the archive, which only the owner of `printer_key(public_key)` can open."""
    return jwe.encrypt_compact(_FOR_PRINTER, archive, printer_key(public_key)).encode("ascii")
