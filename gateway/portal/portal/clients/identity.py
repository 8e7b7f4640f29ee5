"""The account of the person signed in, and the accounts that an agent supervises."""

from typing import Any

from portal.clients.http import Service


class IdentityClient(Service):
    """The identity service; shapes are those of its openapi.yaml."""

    name = "identity"

    def me(self) -> dict[str, Any]:
        """Names and e-mail address of the person."""
        return self._get("me")

    def search_accounts(self, criterion: dict[str, str], cursor: str = "") -> dict[str, Any]:
        """Search terms go in the body: they must not appear in a URL."""
        return self._post("account-searches", body={**criterion, **({"cursor": cursor} if cursor else {})})

    def account(self, account: str) -> dict[str, Any]:
        """One account and the state of its credentials."""
        return self._get("accounts", account)

    def account_activity(self, account: str, cursor: str = "") -> dict[str, Any]:
        """The account's journal, newest first."""
        return self._get("accounts", account, "activity", cursor=cursor)

    def act_on_account(self, account: str, act: str, reason: str, key: str) -> dict[str, Any]:
        """`act` is the last part of the path: suspension, restoration, password-change, factor-resets."""
        return self._post("accounts", account, act, body={"reason": reason}, key=key)

    def act_on_organisation(self, organisation: str, act: str, reason: str, key: str) -> dict[str, Any]:
        """`act`: suspension or restoration, applied to all accounts of the organisation."""
        return self._post("organisations", organisation, act, body={"reason": reason}, key=key)

    def factor_resets(self, cursor: str = "") -> dict[str, Any]:
        """The requests awaiting a decision in the agent's Caf."""
        return self._get("factor-resets", cursor=cursor)

    def decide_factor_reset(self, account: str, reset: str, decision: str, reason: str, key: str) -> dict[str, Any]:
        """`decision`: approval or refusal."""
        return self._post("accounts", account, "factor-resets", reset, decision, body={"reason": reason}, key=key)
