"""What people do in the pages, in the words that they read there."""

import re
import secrets
from pathlib import Path

from launcher.demo import registry
from launcher.demo.credentials import Credentials
from launcher.demo.journey.context import Journey, Person
from launcher.demo.journey.second_factor import Application
from playwright.sync_api import Locator, Page

from support.visitor import Visitor

SAVE = "Enregistrer et continuer"
WAIT_MS = 60_000


def give_credentials(visitor: Visitor, credentials: Credentials) -> None:
    """From the home page, as the guides say."""
    visitor.go("/")
    visitor.page.get_by_role("button", name="Accéder à Mon Compte Partenaire").or_(
        visitor.page.get_by_role("link", name="Accéder à Mon Compte Partenaire")
    ).first.click()
    visitor.look()
    visitor.page.get_by_label("Identifiant", exact=True).fill(credentials.login)
    visitor.page.locator("input[name=password]").fill(credentials.password)
    visitor.press("Connexion")


def sign_in_first(visitor: Visitor, person: Person) -> None:
    """The five steps of a first sign-in."""
    give_credentials(visitor, person.credentials)
    page = visitor.page
    page.get_by_label("Madame" if person.civility == "Mme" else "Monsieur").check()
    page.get_by_label("Nom", exact=True).fill(person.last_name)
    page.get_by_label("Prénom (si vous en avez un)").fill(person.first_name)
    page.get_by_label("Adresse courriel").fill(person.email)
    visitor.press(SAVE)
    page.locator("input[name=password]").fill(person.own_password)
    page.locator("input[name=again]").fill(person.own_password)
    visitor.press(SAVE)
    for _text in ("règles d’usage", "conditions d’utilisation"):
        page.get_by_role("checkbox").check()
        visitor.press("Accepter et continuer")
    visitor.press("Continuer sans confirmer")


def give_credentials_again(visitor: Visitor, person: Person) -> None:
    """With one's own password."""
    give_credentials(visitor, Credentials(person.credentials.login, person.own_password))


def sign_in_agent(visitor: Visitor, journey: Journey) -> None:
    """With what the agent's account asks by then: at the third sign-in, an application to add, later its code."""
    give_credentials(visitor, journey.agent_own)
    page = visitor.page
    if page.url.endswith("/compte/protection"):
        page.get_by_role("button", name="Ajouter une application").click()
        visitor.look()
        journey.agent_application = Application(page.locator("strong.mono").inner_text().replace(" ", ""))
        page.get_by_label("Code de vérification").fill(journey.agent_application.code())
        visitor.press("Enregistrer l’application")
        page.get_by_role("button", name=re.compile("J’ai noté mes codes")).click()
        visitor.look()
    elif page.url.endswith("/seconde-verification"):
        assert journey.agent_application is not None
        page.get_by_label("Code de vérification").fill(journey.agent_application.code())
        visitor.press("Continuer")


def group(page: Page, words: str) -> Locator:
    """The question that holds these words, with its possible answers."""
    return page.get_by_role("group", name=re.compile(words))


def open_first_tenant(visitor: Visitor) -> None:
    """The first tenant for whom nothing has been declared."""
    visitor.go("/declarer?status=to_declare")
    visitor.page.locator("tbody a").first.click()
    visitor.look()


def declare(visitor: Visitor, rent: str) -> None:
    """From the first step to « Valider », one screen after the other."""
    page = visitor.page
    page.get_by_label("Je confirme que ces informations sont exactes").check()
    visitor.press(SAVE)
    group(page, "occupe-t-il toujours").get_by_label("Oui").check()
    group(page, "loyer est-il à jour").get_by_label("Oui").check()
    visitor.press(SAVE)
    page.get_by_label("Loyer de juillet, hors charges").fill("12,345")
    page.get_by_label("Charges de juillet").fill("38,00")
    page.get_by_label("Le loyer entier du logement").check()
    group(page, "tout le mois").get_by_label("Oui").check()
    group(page, "loué meublé").get_by_label("Non").check()
    visitor.press(SAVE)
    assert page.title().startswith("Erreur"), "an amount of 12,345 is refused"
    page.get_by_label("Loyer de juillet, hors charges").fill(rent)
    visitor.press(SAVE)
    for box in page.get_by_role("checkbox").all():
        box.check()
    visitor.press("Valider")
    page.get_by_role("heading", name="Déclaration transmise").wait_for()


def receipt_link(visitor: Visitor) -> Locator:
    """The link to the receipt, which appears by itself; without JavaScript one asks for the page again."""
    link = visitor.page.get_by_role("link", name=re.compile("Télécharger le récapitulatif")).or_(
        visitor.page.get_by_role("button", name=re.compile("Télécharger le récapitulatif"))
    )
    for _try in range(30):
        if visitor.scripts or link.count():
            break
        visitor.page.wait_for_timeout(1_000)
        visitor.page.get_by_role("link", name="Actualiser la page").click()
    link.first.wait_for(timeout=WAIT_MS)
    return link.first


def import_faulty_registry(visitor: Visitor, campaign: Journey, folder: Path) -> None:
    """Hands over a file with every kind of bad line and waits for its report."""
    file = folder / "registre.csv"
    made = registry.faulty_file(seed=secrets.randbits(32), caf_code=campaign.registry.caf_code, year=campaign.year)
    file.write_bytes(made.content)
    visitor.go("/agent/registre")
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.page.locator("form:has(input[type=file]) button[type=submit]").click()
    visitor.look()
    visitor.page.get_by_text("lignes écartées").first.wait_for()
    visitor.page.get_by_role("table").first.wait_for(timeout=WAIT_MS)
    visitor.look()


def type_row(visitor: Visitor, place: int, rent: str) -> None:
    """Types the cells of a row of the grid that nobody can fill in advance."""
    page = visitor.page
    page.locator(f"#l{place}-confirmed").check()
    page.locator(f"#l{place}-present").select_option("oui")
    page.locator(f"#l{place}-rent").fill(rent)
    page.locator(f"#l{place}-charges").fill("38,00")
    page.locator(f"#l{place}-share").select_option("entier")
    page.locator(f"#l{place}-rent_up_to_date").select_option("oui")
