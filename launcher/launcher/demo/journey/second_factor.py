"""The second step of a sign-in, with an authenticator application simulated by the program."""

import re
import time
from urllib.parse import urljoin

import pyotp
from chassis import clock

from launcher.demo.failures import StepFailed, expect
from launcher.demo.web.browser import Browser, Page

SECOND_STEP = "/compte/connexion/seconde-verification"
PROTECTION = "/compte/protection"
APPLICATION = "/compte/securite/application"
SIGN_IN = "/compte/connexion"
CODES_TITLE = "Vos codes de secours"
# A code sent again after a process restart may already be used.
MOST_TRIES = 3
_SECRET = re.compile(r'<strong class="mono">([A-Z2-7 ]+)</strong>')
_INTERVAL_SECONDS = 30


class Application:
    """Gives each code once (RFC 6238): the product accepts none twice."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._last = 0

    def code(self) -> str:
        """The next usable code; waits until it is valid."""
        counter = max(_current_step(), self._last + 1)
        while counter > _current_step() + 1:
            time.sleep(0.5)
        self._last = counter
        return self._totp.generate_otp(counter)


def add_application(browser: Browser) -> Application:
    """Adds an application for the person signed in. Raises StepFailed when the product refuses it."""
    for _try in range(MOST_TRIES):
        page = browser.get(APPLICATION)
        found = _SECRET.search(page.html)
        if found is None:
            raise StepFailed("la clé à donner à l’application", page.described)
        application = Application(found[1].replace(" ", ""))
        page = browser.send(page, code=application.code())
        if page.path != APPLICATION or page.content.title.strip().startswith(CODES_TITLE):
            return application
    raise StepFailed("l’application enregistrée", page.described)


def pass_second_step(browser: Browser, page: Page, application: Application | None) -> Page:
    """The page after the second step; the given page when none is asked.

    Sends a code of `application` if there is one; adds a new application when the role requires one.
    """
    if page.callback or page.path not in (SECOND_STEP, PROTECTION):
        return page
    if page.path == PROTECTION:
        add_application(browser)
        return browser.get(urljoin(page.url, SIGN_IN))
    expect(application is not None, "un compte sans seconde vérification", page.described)
    for _try in range(MOST_TRIES):
        if application is not None and not page.callback and page.path == SECOND_STEP:
            page = browser.send(page, code=application.code())
    return page


def _current_step() -> int:
    return int(clock.now().timestamp()) // _INTERVAL_SECONDS
