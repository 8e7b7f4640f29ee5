"""A passkey in a real Chromium with a virtual authenticator: made, then used to sign in without a password."""

from collections.abc import Callable, Iterator

import pytest
from launcher.demo.journey import account
from launcher.demo.journey.context import Journey
from playwright.sync_api import Browser, CDPSession
from support import pages
from support.product import Product
from support.ready import play
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SIGN_IN_BY_KEY = "Se connecter avec une clé d’accès"


@pytest.fixture
def visitor(browser: Browser, product: Product) -> Iterator[Visitor]:
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(20_000)
    made = Visitor(context.new_page(), product.url, "passkey")
    yield made
    context.close()
    assert made.faults == []


def give_authenticator(visitor: Visitor) -> tuple[CDPSession, str]:
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools, made["authenticatorId"]


def test_a_passkey_is_made_then_opens_the_account_alone(visitor: Visitor, new_campaign: Callable[..., Journey]) -> None:
    journey = new_campaign()
    person = journey.people[0]
    play(journey, person, account.receives_credentials)
    devtools, authenticator = give_authenticator(visitor)
    pages.sign_in_first(visitor, person)

    visitor.go("/compte/securite")
    visitor.page.get_by_role("button", name="Ajouter une clé d’accès").or_(
        visitor.page.get_by_role("link", name="Ajouter une clé d’accès")
    ).first.click()
    visitor.look()
    visitor.page.get_by_label("Nom de cette clé").fill("ordinateur du bureau")
    visitor.page.get_by_role("button", name="Créer la clé d’accès").click()
    visitor.page.get_by_role("heading", name="Vos codes de secours").wait_for()
    visitor.look()
    assert visitor.page.locator("li .mono").count() == 10
    [kept] = devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert kept["isResidentCredential"]

    visitor.page.context.clear_cookies()
    visitor.go("/compte/connexion")
    visitor.page.get_by_role("button", name=SIGN_IN_BY_KEY).focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: "/compte/connexion" not in url)
    visitor.go("/compte/securite")
    assert visitor.page.get_by_text("ordinateur du bureau").first.is_visible()

    visitor.page.context.clear_cookies()
    pages.give_credentials_again(visitor, person)
    visitor.page.get_by_role("heading", name="Seconde vérification").wait_for()
    visitor.page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    visitor.page.wait_for_url(lambda url: "seconde-verification" not in url)
    visitor.look()


def test_a_device_that_cannot_check_its_holder_does_not_open_it_and_the_page_says_so(visitor: Visitor) -> None:
    devtools, authenticator = give_authenticator(visitor)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    visitor.go("/compte/connexion")
    visitor.page.get_by_role("button", name=SIGN_IN_BY_KEY).click()
    visitor.page.get_by_text("La demande a été annulée").wait_for()
    visitor.look()
