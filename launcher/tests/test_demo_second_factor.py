"""The authenticator application that the demonstration plays, and what it does when it is asked for one."""

from datetime import UTC, datetime

import pyotp
import pytest
import time_machine
from launcher.demo.failures import StepFailed
from launcher.demo.journey.second_factor import SECOND_STEP, Application, pass_second_step
from launcher.demo.web.browser import Browser, Page
from launcher.demo.web.site import Site

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_no_code_is_given_twice_even_within_one_half_minute() -> None:
    application = Application(SECRET)
    with time_machine.travel(NOW, tick=False):
        given = [application.code(), application.code()]
    totp, counter = pyotp.TOTP(SECRET), int(NOW.timestamp()) // 30
    assert given == [totp.generate_otp(counter), totp.generate_otp(counter + 1)]


@pytest.mark.parametrize("page", [Page("http://x/callback", 303, callback="http://x/callback"), Page("http://x/", 200)])
def test_nothing_is_done_where_nothing_is_asked(page: Page) -> None:
    assert pass_second_step(Browser(Site("http://localhost:1")), page, None) is page


def test_an_account_that_asks_for_a_code_nobody_has_stops_the_step() -> None:
    with pytest.raises(StepFailed, match="sans seconde vérification"):
        pass_second_step(Browser(Site("http://localhost:1")), Page(f"http://localhost:1{SECOND_STEP}", 200), None)
