"""The first sign-in, in the order of the guides: credentials, information, own password, two consents."""

from collections.abc import Callable

from launcher.demo.credentials import Credentials
from launcher.demo.failures import expect
from launcher.demo.journey.second_factor import Application, add_application, pass_second_step
from launcher.demo.web.api import Api
from launcher.demo.web.browser import Page, on
from launcher.demo.web.sign_in import SignIn
from launcher.demo.web.site import Site

SIGN_IN = "/compte/connexion"
INFORMATION = "/compte/premiere-connexion/informations"
PASSWORD = "/compte/premiere-connexion/mot-de-passe"  # noqa: S105 - a page, not a password
USAGE_RULES = "/compte/premiere-connexion/regles-usage"
TERMS = "/compte/premiere-connexion/conditions-utilisation"
EMAIL = "/compte/premiere-connexion/courriel"
FORM_EXPIRED = 400


def give_credentials(sign_in: SignIn, credentials: Credentials) -> Page:
    """Step 1; the next page, or the same one with its errors."""
    page = _sent(sign_in, credentials)
    if sign_in.patient and page.status == FORM_EXPIRED:
        # The answer, and the new session with it, died on its way: people go back to the first page.
        page = _sent(sign_in, credentials)
    return page


def _sent(sign_in: SignIn, credentials: Credentials) -> Page:
    page = on(sign_in.open(), SIGN_IN)
    return sign_in.browser.send(page, login=credentials.login, password=credentials.password)


def give_information(sign_in: SignIn, page: Page, information: dict[str, str]) -> Page:
    """Step 2."""
    return on(sign_in.browser.send(on(page, INFORMATION), **information), PASSWORD)


def choose_password(sign_in: SignIn, page: Page, password: str) -> Page:
    """Step 3."""
    return on(sign_in.browser.send(page, password=password, again=password), USAGE_RULES)


def accept_both(sign_in: SignIn, page: Page) -> Page:
    """Steps 4 and 5; the page that asks for the e-mail confirmation code follows."""
    return on(sign_in.browser.send(on(sign_in.browser.send(page, accepted="y"), TERMS), accepted="y"), EMAIL)


def confirm_email(sign_in: SignIn, page: Page, code: str) -> Page:
    """Returns to the program; without a code, confirmation is postponed."""
    if code:
        return sign_in.browser.send(page, code=code)
    token = page.form_with("csrf_token", "code").fields["csrf_token"]
    return sign_in.browser.post(f"{EMAIL}/plus-tard", {"csrf_token": token})


def refuse_wrong_order(sign_in: SignIn, page: Page) -> None:
    """Requests every later step (GET and POST) while step 2 is due. Raises StepFailed unless each redirects to it."""
    token = page.form_with("csrf_token", "last_name").fields["csrf_token"]
    ahead = {"csrf_token": token, "password": "x" * 20, "again": "x" * 20, "accepted": "y", "version": "1"}
    for path in (PASSWORD, USAGE_RULES, TERMS):
        for asked in (sign_in.browser.get(path), sign_in.browser.post(path, ahead)):
            expect(
                asked.path == INFORMATION, f"{path} renvoie à {INFORMATION} tant que l’étape 2 est due", asked.described
            )


def sign_in_first(
    site: Site,
    credentials: Credentials,
    information: dict[str, str],
    own_password: str,
    *,
    try_wrong_order: bool = False,
    read_code: Callable[[], str] = str,
) -> Api:
    """The five steps, then the code that `read_code` finds in the mailbox; if empty, confirmation is postponed.

    Raises StepFailed at the first unexpected response.
    """
    sign_in = SignIn(site)
    page = on(give_credentials(sign_in, credentials), INFORMATION)
    if try_wrong_order:
        refuse_wrong_order(sign_in, page)
    page = give_information(sign_in, page, information)
    page = choose_password(sign_in, page, own_password)
    page = accept_both(sign_in, page)
    return sign_in.finish(confirm_email(sign_in, page, read_code()))


def sign_in_again(site: Site, credentials: Credentials, application: Application | None = None) -> Api:
    """With the chosen password, and a code when the account requires one: straight back to the program."""
    sign_in = SignIn(site)
    page = give_credentials(sign_in, credentials)
    return sign_in.finish(pass_second_step(sign_in.browser, page, application))


def protect_account(site: Site, credentials: Credentials) -> Application:
    """Signs in and adds an authenticator application."""
    sign_in = SignIn(site)
    sign_in.finish(give_credentials(sign_in, credentials))
    return add_application(sign_in.browser)


def refuse_used_password(site: Site, provisional: Credentials) -> str:
    """The response to a used provisional password. Raises StepFailed when it is accepted."""
    page = give_credentials(SignIn(site), provisional)
    expect(page.path == SIGN_IN and page.status == 422, "un refus sur la page de connexion", page.described)
    return page.described
