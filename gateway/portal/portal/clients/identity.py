"""The account of the person signed in, and the accounts that an agent supervises."""

from portal.api_types.identity import (
    Account,
    AccountsTouched,
    FactorReset,
    ListAccountActivityAnswer,
    ListFactorResetsAnswer,
    SearchAccountsAnswer,
    SupervisedAccount,
)
from portal.clients.http import Service


class IdentityClient(Service):
    """The identity service; shapes are those of its openapi.yaml."""

    name = "identity"

    def me(self) -> Account:
        """Names and e-mail address of the person."""
        return self._get(Account, "me")

    def search_accounts(self, criterion: dict[str, str], cursor: str = "") -> SearchAccountsAnswer:
        """Search terms go in the body: they must not appear in a URL."""
        return self._post(
            SearchAccountsAnswer, "account-searches", body={**criterion, **({"cursor": cursor} if cursor else {})}
        )

    def account(self, account: str) -> SupervisedAccount:
        """One account and the state of its credentials."""
        return self._get(SupervisedAccount, "accounts", account)

    def account_activity(self, account: str, cursor: str = "") -> ListAccountActivityAnswer:
        """The account's journal, newest first."""
        return self._get(ListAccountActivityAnswer, "accounts", account, "activity", cursor=cursor)

    def act_on_account(self, account: str, act: str, reason: str, key: str) -> None:
        """`act` is the last part of the path: suspension, restoration, password-change, factor-resets."""
        self._post(dict, "accounts", account, act, body={"reason": reason}, key=key)

    def act_on_organisation(self, organisation: str, act: str, reason: str, key: str) -> AccountsTouched:
        """`act`: suspension or restoration, applied to all accounts of the organisation."""
        return self._post(AccountsTouched, "organisations", organisation, act, body={"reason": reason}, key=key)

    def factor_resets(self, cursor: str = "") -> ListFactorResetsAnswer:
        """The requests awaiting a decision in the agent's Caf."""
        return self._get(ListFactorResetsAnswer, "factor-resets", cursor=cursor)

    def decide_factor_reset(self, account: str, reset: str, decision: str, reason: str, key: str) -> FactorReset:
        """`decision`: approval or refusal."""
        return self._post(
            FactorReset, "accounts", account, "factor-resets", reset, decision, body={"reason": reason}, key=key
        )
