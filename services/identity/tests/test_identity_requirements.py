"""What the security requirements ask of accounts and passwords beyond what the other tests show."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chassis import clock
from webui.testing import parse


@pytest.mark.parametrize("path", ["/compte/connexion", "/compte/securite/mot-de-passe"])
def test_password_fields_hide_what_is_typed_and_let_password_managers_work(local: Any, path: str) -> None:
    browser, _ = local.activated()
    if path == "/compte/connexion":
        browser = local.browser()
    page = parse(browser.client.get(path).text)
    fields = [field for field in page if "password" in field.get("autocomplete")]
    assert fields
    for field in fields:
        assert field.get("type") == "password"
        assert field.get("autocomplete") in ("current-password", "new-password")
        assert not field.get("onpaste")
        assert not field.get("maxlength")


def test_a_password_of_ones_own_never_expires(local: Any) -> None:
    _, sent = local.activated()
    with time_machine.travel(clock.now() + timedelta(days=3650)):
        assert local.browser().sign_in(sent["login"], local.password) == "/connexion"


def test_a_new_installation_has_no_account(world: Any) -> None:
    assert world.harness.rows("account") == []
