"""Programs without a person (client credentials): each acts as a dedicated account of its organisation.

Services therefore filter by the rights that the administrator gives that account; see ADR 12.
"""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from identity.accounts.queries import suspended
from identity.domain.credentials import normalise_login
from identity.models import Account
from identity.oidc.clients import Client
from identity.oidc.context import database


@dataclass(frozen=True)
class ClientAccount:
    """Has no `sid` and no `auth_time`, since nobody signed in."""

    account: Account
    authenticated_at: None = None
    amr: tuple[str, ...] = ()

    def get_user_id(self) -> str:
        return str(self.account.id)

    def claims(self) -> dict[str, Any]:
        return {"kind": self.account.kind, "org": str(self.account.organisation_id)}


class MachineGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

    def generate_token(self, **asked: Any) -> dict[str, Any]:
        client: Client = self.request.client
        machine = machine_of(database(), Account.login == normalise_login(client.user))
        if machine is None:
            raise UnauthorizedClientError("The account of this client is not there, or not of a landlord")
        token: dict[str, Any] = super().generate_token(user=machine, **asked)
        return token


def machine_named(session: Session, account_id: UUID) -> ClientAccount | None:
    return machine_of(session, Account.id == account_id)


def machine_of(session: Session, which: ColumnElement[bool]) -> ClientAccount | None:
    """Only a landlord's account, neither closed nor suspended: programs get no agent's rights."""
    of_landlord = (Account.kind == "landlord", Account.organisation_id.is_not(None))
    account = session.scalar(select(Account).where(which, *of_landlord, Account.closed_at.is_(None), ~suspended()))
    return None if account is None else ClientAccount(account)
