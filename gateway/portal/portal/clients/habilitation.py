"""Organisations, groups, users and their journal."""

from collections.abc import Mapping

from portal.api_types.habilitation import (
    Access,
    Group,
    JournalLine,
    ListGroupsAnswer,
    ListJournalAnswer,
    ListUsersAnswer,
    ListZonesAnswer,
    NewDelegation,
    NewGroup,
    User,
    UserDelegation,
    UserReference,
    Zone,
)
from portal.clients.http import Service


class HabilitationClient(Service):
    """The habilitation service; shapes are those of its openapi.yaml."""

    name = "habilitation"

    def my_access(self) -> Access:
        """Role and perimeter of the person signed in."""
        return self._get(Access, "me", "access")

    def list_groups(self, organisation: str) -> list[Group]:
        """The groups the person may see."""
        return self._get(ListGroupsAnswer, "organisations", organisation, "groups")["items"]

    def list_zones(self, organisation: str) -> list[Zone]:
        """`zone` and `label` of the zones that a group may cover."""
        return self._get(ListZonesAnswer, "organisations", organisation, "zones")["items"]

    def create_group(self, organisation: str, group: NewGroup, key: str) -> Group:
        """`group` is {label, scopes: [{housing_type, zone}]}."""
        return self._post(Group, "organisations", organisation, "groups", body=group, key=key)

    def list_users(self, organisation: str) -> list[User]:
        """Users with the identifiers of their groups."""
        return self._get(ListUsersAnswer, "organisations", organisation, "users")["items"]

    def create_user(self, organisation: str, user: Mapping[str, object], key: str) -> User:
        """Creates a user; login and password are e-mailed at once."""
        return self._post(User, "organisations", organisation, "users", body=user, key=key)

    def send_credentials(self, organisation: str, account: str, key: str) -> UserReference:
        """E-mails the login and a new provisional password to the user."""
        return self._post(UserReference, "organisations", organisation, "users", account, "credentials", key=key)

    def withdraw_user(self, organisation: str, account: str, reason: str | None, key: str) -> UserReference:
        """Rights end at once and the account is closed; `reason` is kept in the journal."""
        body = {"reason": reason} if reason else {}
        return self._post(
            UserReference, "organisations", organisation, "users", account, "withdrawal", body=body, key=key
        )

    def designate(self, organisation: str, account: str, delegation: NewDelegation, key: str) -> UserDelegation:
        """`delegation` is {all_groups, groups, reason}."""
        return self._post(
            UserDelegation, "organisations", organisation, "users", account, "delegation", body=delegation, key=key
        )

    def withdraw_delegate(self, organisation: str, account: str, reason: str | None, key: str) -> UserReference:
        """Ends the delegation; the user stays and manages nobody any more."""
        body = {"reason": reason} if reason else {}
        return self._post(
            UserReference, "organisations", organisation, "users", account, "delegation-withdrawal", body=body, key=key
        )

    def journal(self, organisation: str) -> list[JournalLine]:
        """The journal, newest first."""
        return self._get(ListJournalAnswer, "organisations", organisation, "journal")["items"]
