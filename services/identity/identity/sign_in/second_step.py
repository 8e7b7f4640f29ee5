"""Second step of a sign-in (code or passkey after the password), and reauthentication before a change."""

from uuid import UUID

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy.orm import Session

from identity.accounts.notices import Notice, notify
from identity.crypto import hashing
from identity.domain import guessing, recovery_codes, totp
from identity.domain.first_sign_in import FACTOR_STEPS, Step, Trigger
from identity.domain.networks import network_of
from identity.domain.passwords import normalise
from identity.domain.security_events import Kind
from identity.domain.throttle import PER_SECOND_FACTOR
from identity.factors import challenges, codes, passkeys
from identity.factors import totp as applications
from identity.factors.challenges import Ceremony
from identity.factors.webauthn import BadAnswer
from identity.journal import record
from identity.journal.client_address import Origin
from identity.models import Account, SignInSession
from identity.sessions import known_devices
from identity.sessions.commands import Opened, mark_proven
from identity.sessions.progress import SessionStart, Suspended, advance_session, locked_at, open_session
from identity.sessions.protection import has_factor
from identity.settings import settings_of
from identity.sign_in.password_login import Refusal, Refused
from identity.throttling import attempts

# RFC 8176. A recovery code is a one-time password too; the key's storage is unknown, so neither hwk nor swk is used.
AMR_CODE = ("otp", "mfa")
AMR_PASSKEY = ("pop", "user", "mfa")


class WrongCode(Exception):
    """Neither an unused code of the application nor an unused recovery code."""


def sign_in_by_passkey(runtime: Runtime, challenge: str, text: str, origin: Origin) -> Opened:
    """Signs in without login or password. Not throttled: nothing can be guessed, and throttled people can use it.

    Raises BadAnswer, or Refused for an account suspended by the Caf.
    """
    answer = challenges.read_challenge_answer(runtime, Ceremony.SIGN_IN, challenge, text)
    try:
        with runtime.transaction() as session:
            key = passkeys.prove(session, answer)
            account = session.get_one(Account, key.account_id, with_for_update=True)
            if account.closed_at is not None:
                raise BadAnswer("closed account")
            return open_session(session, account, Trigger.PASSKEY_ACCEPTED, SessionStart(origin, AMR_PASSKEY))
    except Suspended as suspended:
        raise Refused(Refusal.SUSPENDED) from suspended
    except BadAnswer as refused:
        if refused.account_id is not None:
            _refused(runtime, refused.account_id, refused.reason)
        raise


def second_step_by_code(runtime: Runtime, session_id: UUID, account: Account, typed: str, origin: Origin) -> Step:
    """Raises WrongCode, TooManyRequests, UnknownDevice, OutOfOrder."""
    account_id = account.id
    with runtime.transaction() as session:
        device = known_devices.known(session, settings_of(runtime), origin.device, account.login)
        guessable = recovery_codes.read_code(typed) is None
        counts = guessing.of_second_factor(str(account_id), network_of(origin.address), device, guessable=guessable)
        attempts.admit(session, counts)
    code_id = _recovery_code(runtime, account_id, typed)
    with runtime.transaction() as session:
        opened, account = locked_at(session, session_id, *FACTOR_STEPS)
        if _prove_code(session, account, typed, code_id):
            attempts.succeeded(session, counts)
            return _proven(session, opened, account, AMR_CODE)
    _refused(runtime, account_id, "code")
    raise WrongCode


def second_step_by_passkey(runtime: Runtime, session_id: UUID, account_id: UUID, challenge: str, text: str) -> Step:
    """Raises BadAnswer, OutOfOrder."""
    answer = challenges.read_challenge_answer(runtime, Ceremony.SECOND_FACTOR, challenge, text)
    try:
        with runtime.transaction() as session:
            opened, account = locked_at(session, session_id, *FACTOR_STEPS)
            passkeys.prove(session, answer, account_id)
            return _proven(session, opened, account, AMR_PASSKEY)
    except BadAnswer as refused:
        _refused(runtime, account_id, refused.reason)
        raise


def prove_again(runtime: Runtime, session_id: UUID, account: Account, password: str, typed: str) -> None:
    """Checks the password, and the code if there is a second factor, as in a sign-in (ASVS 7.5.1).

    Raises WrongCode if either is wrong, or TooManyRequests.
    """
    counts = guessing.of_session(PER_SECOND_FACTOR, "proof", str(session_id))
    with runtime.transaction() as session:
        attempts.admit(session, counts)
    code_id = _recovery_code(runtime, account.id, typed)
    right = hashing.verify(account.password_hash, normalise(password))
    with runtime.transaction() as session:
        alone = not has_factor(session, account.id)
        if right and (alone or _prove_code(session, account, typed, code_id)):
            attempts.succeeded(session, counts)
            mark_proven(session, session_id)
            return
    _refused(runtime, account.id, "proof")
    raise WrongCode


def prove_again_by_passkey(runtime: Runtime, session_id: UUID, account_id: UUID, challenge: str, text: str) -> None:
    """Raises BadAnswer."""
    answer = challenges.read_challenge_answer(runtime, Ceremony.PROOF, challenge, text)
    try:
        with runtime.transaction() as session:
            passkeys.prove(session, answer, account_id)
            mark_proven(session, session_id)
    except BadAnswer as refused:
        _refused(runtime, account_id, refused.reason)
        raise


def _recovery_code(runtime: Runtime, account_id: UUID, typed: str) -> UUID | None:
    """The id of the typed recovery code, if it is one."""
    code = recovery_codes.read_code(typed)
    return codes.find(runtime, account_id, code) if code else None


def _prove_code(session: Session, account: Account, typed: str, code_id: UUID | None) -> bool:
    digits = totp.read_code(typed)
    if digits is not None:
        return applications.prove(session, account.id, digits)
    if code_id is None or not codes.use(session, code_id):
        return False
    record(session, Kind.RECOVERY_CODE_USED, account.id)
    notify(session, account, Notice.RECOVERY_CODE_USED)
    return True


def _proven(session: Session, opened: SignInSession, account: Account, amr: tuple[str, ...]) -> Step:
    opened.amr = [*opened.amr, *amr]
    opened.proven_at = clock.now()
    record(session, Kind.SECOND_FACTOR_PROVEN, account.id, session_id=opened.id, details={"amr": " ".join(opened.amr)})
    return advance_session(session, opened, account, Trigger.FACTOR_PROVEN)


def _refused(runtime: Runtime, account_id: UUID, reason: str) -> None:
    with runtime.transaction() as session:
        record(session, Kind.SECOND_FACTOR_REFUSED, account_id, details={"reason": reason})
