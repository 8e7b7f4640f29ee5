"""An authenticator application, as a person adds one to their account."""

import re
from typing import Any

import pyotp
from chassis import clock
from identity_events import Issued
from webui.testing import assert_page

APPLICATION = "/compte/securite/application"


def add_application(browser: Any) -> tuple[pyotp.TOTP, list[str]]:
    """Reads the secret on the page and confirms it, as the application would; the recovery codes that are shown."""
    browser.get(APPLICATION)
    assert_page(browser.text)
    page = browser.client.get(APPLICATION).text
    secret = re.search(r"<strong class=\"mono\">([A-Z2-7 ]+)</strong>", page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert secret is not None
    assert token is not None
    application = pyotp.TOTP(secret[1].replace(" ", ""))
    code = application.at(clock.now())
    answer = browser.client.post(APPLICATION, data={"csrf_token": token[1], "code": code})
    browser.status, browser.text = answer.status_code, answer.text
    return application, re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", answer.text)


def enrolled(world: Any) -> tuple[Any, Issued, pyotp.TOTP, list[str]]:
    browser, sent = world.activated()
    application, shown = add_application(browser)
    return browser, sent, application, shown
