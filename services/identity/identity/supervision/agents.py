"""Accounts of Caf agents, created by the command ``bailleurs agent add``; they sign in like everybody else."""

from chassis import clock, ids
from chassis.problems import Conflict, FieldError, Invalid, NotFound
from chassis.runtime import Runtime
from sqlalchemy import select

from identity import publishes
from identity.accounts.commands import LoginTaken, create_account
from identity.accounts.queries import is_suspended
from identity.credentials.commands import issue_password
from identity.domain.credentials import Channel, Purpose, normalise_login
from identity.domain.identifiers import email_error, typed_email
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account
from identity.sessions.commands import end_other_sessions

LONGEST_LOGIN = 20
# Journal actor of all actions done at the command line.
ACTOR = "command line"


def add(runtime: Runtime, *, login: str, caf_code: str, email: str, supervisor: bool = False) -> str:
    """Returns the provisional password, to hand over in person: it is shown once and no message is sent.

    Raises Conflict if the login is taken, Invalid if the e-mail is malformed.
    """
    address = typed_email(email)
    if address is None:
        raise Invalid([email_error(email)])
    account_id, chosen = ids.new_id(), normalise_login(login)
    if not 3 <= len(chosen) <= LONGEST_LOGIN:
        detail = f"L’identifiant d’un agent compte de 3 à {LONGEST_LOGIN} signes."
        raise Invalid([FieldError(pointer="/login", code="login", detail=detail, example="AGENT-DUPONT")])
    with runtime.transaction() as session:
        try:
            account = create_account(
                session,
                account_id,
                kind="agent",
                login=chosen,
                caf_code=caf_code,
                supervisor=supervisor,
                contact_name=login,
                contact_email=address,
                contact_address=[],
            )
        except LoginTaken:
            account = None
        if account is None:
            raise Conflict(f"L’identifiant {login} est déjà pris.")
        issue = issue_password(session, account, Purpose.CREATION, Channel.EMAIL)
        # Without the login: it is often the agent's name, and the journal outlives the account.
        record(session, Kind.AGENT_ADDED, account_id, actor=ACTOR, details={"supervisor": supervisor})
    return issue.password


def move(runtime: Runtime, *, login: str, caf_code: str, supervisor: bool) -> None:
    """Moves an agent to another Caf, immediately in every service; sessions end so that the next token has the new Caf.

    Raises NotFound if no agent has that login.
    """
    with runtime.transaction() as session:
        which = (Account.login == normalise_login(login), Account.kind == "agent", Account.closed_at.is_(None))
        account = session.scalar(select(Account).where(*which).with_for_update())
        if account is None:
            raise NotFound(f"Aucun agent n’a l’identifiant {login}.")
        details = {"from": account.caf_code, "to": caf_code, "supervisor": supervisor}
        account.caf_code, account.supervisor = caf_code, supervisor
        account.version += 1
        session.flush()
        end_other_sessions(session, account.id, None, "moved")
        if is_suspended(session, account):
            publishes.account_suspended(session, account, clock.now())
        else:
            publishes.account_moved(session, account, clock.now())
        record(session, Kind.AGENT_MOVED, account.id, actor=ACTOR, details=details)
