"""No page fails by what it is sent, at whatever step of the sign-in one stands: odd queries and forms, made from the
URL map."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from identity.domain.first_sign_in import Step
from identity.models import Account
from identity.sessions.commands import start_session
from webui.testing import odd


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "step", [Step.INFORMATION, Step.TERMS, Step.EMAIL, Step.SECOND_FACTOR, Step.PROTECTION, Step.DONE]
)
def test_no_page_fails_by_what_it_is_sent(local: Any, step: Step) -> None:
    local.register()
    [account_id] = [row["id"] for row in local.harness.rows("account")]
    with local.harness.transaction() as session:
        account = session.get_one(Account, account_id)
        account.civility, account.last_name, account.first_name = "Mme", "Deujours", "Jeanne"
        account.email = "jeanne@exemple.fr"

    def enter() -> FlaskClient:
        with local.harness.transaction() as session:
            opened = start_session(session, session.get_one(Account, account_id), step, browser="Firefox")
        client: FlaskClient = local.app.test_client()
        with client.session_transaction() as kept:
            kept["sid"] = str(UUID(str(opened.id)))
        return client

    assert odd.faults(local.app, enter) == []
