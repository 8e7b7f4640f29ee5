"""Organisations, groups, users and their journal."""

from collections.abc import Mapping
from typing import Any

from portal.clients.http import Service


class HabilitationClient(Service):
    """The habilitation service; shapes are those of its openapi.yaml."""

    name = "habilitation"

    def my_access(self) -> dict[str, Any]:
        """Role and perimeter of the person signed in."""
        return self._get("me", "access")

    def list_groups(self, organisation: str) -> list[dict[str, Any]]:
        """The groups the person may see."""
        return list(self._get("organisations", organisation, "groups")["items"])

    def list_zones(self, organisation: str) -> list[dict[str, Any]]:
        """`zone` and `label` of the zones that a group may cover."""
        return list(self._get("organisations", organisation, "zones")["items"])

    def create_group(self, organisation: str, group: Mapping[str, Any], key: str) -> dict[str, Any]:
        """`group` is {label, scopes: [{housing_type, zone}]}."""
        return self._post("organisations", organisation, "groups", body=group, key=key)

    def list_users(self, organisation: str) -> list[dict[str, Any]]:
        """Users with the identifiers of their groups."""
        return list(self._get("organisations", organisation, "users")["items"])

    def create_user(self, organisation: str, user: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Creates a user; login and password are e-mailed at once."""
        return self._post("organisations", organisation, "users", body=user, key=key)

    def send_credentials(self, organisation: str, account: str, key: str) -> dict[str, Any]:
        """E-mails the login and a new provisional password to the user."""
        return self._post("organisations", organisation, "users", account, "credentials", key=key)

    def withdraw_user(self, organisation: str, account: str, reason: str | None, key: str) -> dict[str, Any]:
        """Rights end at once and the account is closed; `reason` is kept in the journal."""
        body = {"reason": reason} if reason else {}
        return self._post("organisations", organisation, "users", account, "withdrawal", body=body, key=key)

    def designate(self, organisation: str, account: str, delegation: Mapping[str, Any], key: str) -> dict[str, Any]:
        """`delegation` is {all_groups, groups, reason}."""
        return self._post("organisations", organisation, "users", account, "delegation", body=delegation, key=key)

    def withdraw_delegate(self, organisation: str, account: str, reason: str | None, key: str) -> dict[str, Any]:
        """Ends the delegation; the user stays and manages nobody any more."""
        body = {"reason": reason} if reason else {}
        return self._post("organisations", organisation, "users", account, "delegation-withdrawal", body=body, key=key)

    def journal(self, organisation: str) -> list[dict[str, Any]]:
        """The journal, newest first."""
        return list(self._get("organisations", organisation, "journal")["items"])
