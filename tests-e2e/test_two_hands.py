"""Two hands at one declaration: two tabs, and paper beside what was declared online. Every page judged."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from chassis import clock
from launcher.demo.journey.context import Journey
from playwright.sync_api import Page
from support import pages
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)
NewVisitor = Callable[..., Visitor]


def tenant_of(campaign: Journey, place: int) -> dict[str, str]:
    """A line of the registry: a tenant of that person, one who was there in July."""
    rows = list(csv.DictReader(io.StringIO(campaign.registry.csv), delimiter=";"))
    number = campaign.people[place].landlord.user_number
    return next(row for row in rows if row["user_number"] == number and not row["lease_end"])


def give_day(page: Page, question: str) -> None:
    today = clock.today()
    asked = pages.group(page, question)
    for label, value in (("Jour", today.day), ("Mois", today.month), ("Année", today.year)):
        asked.get_by_label(label).fill(str(value))


def begin_paper(visitor: Visitor, tenant: dict[str, str]) -> None:
    visitor.go("/agent/papier")
    page = visitor.page
    page.get_by_label("N° d’utilisateur du bailleur").fill(tenant["user_number"])
    page.get_by_label("N° d’allocataire du locataire").fill(tenant["tenant_number"])
    give_day(page, "Date de réception")
    give_day(page, "Date du cachet de la poste")
    visitor.press("Saisir l’attestation")


def type_paper(visitor: Visitor, rent: str) -> None:
    page = visitor.page
    pages.group(page, "occupe-t-il toujours").get_by_label("Oui").check()
    pages.group(page, "loyer est-il à jour").get_by_label("Oui").check()
    page.get_by_label("Loyer de juillet, hors charges").fill(rent)
    page.get_by_label("Charges de juillet").fill("38,00")
    page.get_by_label("Le loyer entier du logement").check()
    pages.group(page, "tout le mois").get_by_label("Oui").check()
    page.locator("input[name=rent-furnished]").last.check()
    page.get_by_label("Ces informations sont celles du bail").check()
    visitor.press("Enregistrer et relire")


@pytest.mark.parametrize(("scripts", "place"), [(True, 0), (False, 1)], ids=["scripts", "plain"])
def test_an_agent_types_an_attestation_and_puts_a_second_one_aside(
    new_visitor: NewVisitor,
    campaign: Journey,
    scripts: bool,
    place: int,
) -> None:
    visitor, tenant = new_visitor(f"paper-{place}", scripts=scripts), tenant_of(campaign, place)
    pages.sign_in_agent(visitor, campaign)
    page = visitor.page
    begin_paper(visitor, {**tenant, "tenant_number": "0000000Z"})
    assert "Aucune déclaration ne porte ces deux numéros" in page.content()
    begin_paper(visitor, tenant)
    type_paper(visitor, "12,345")
    assert page.title().startswith("Erreur"), "an amount of 12,345 is refused"
    type_paper(visitor, "480,00")
    for box in page.get_by_role("checkbox").all():
        box.check()
    visitor.press("Enregistrer l’attestation")
    page.get_by_text("L’attestation est enregistrée").wait_for()
    begin_paper(visitor, tenant)
    type_paper(visitor, "490,00")
    assert page.get_by_text("est déjà enregistrée (version 1)").count()
    assert page.get_by_role("row", name=re.compile("490")).count()
    page.get_by_label("Pourquoi écarter cette attestation").fill("Reçue en double, la première fait foi.")
    visitor.press("Écarter l’attestation")
    visitor.go("/declarer?status=transmitted")
    page.locator("tbody a", has_text=tenant["tenant_last_name"].upper()).first.click()
    visitor.look()
    page.get_by_role("link", name="Historique").first.click()
    visitor.look()
    assert page.get_by_text("Reçue en double, la première fait foi.").count()


@pytest.mark.parametrize(("scripts", "place"), [(True, 0), (False, 2)], ids=["scripts", "plain"])
def test_what_was_typed_in_two_tabs_stands_side_by_side_and_one_is_chosen(
    new_visitor: NewVisitor,
    campaign: Journey,
    scripts: bool,
    place: int,
) -> None:
    visitor = new_visitor(f"two-tabs-{place}", scripts=scripts)
    pages.sign_in_first(visitor, campaign.people[place])
    pages.open_first_tenant(visitor)
    page, other = visitor.page, visitor.page.context.new_page()
    other.goto(page.url)
    for tab, address in ((other, "3 RUE DE L’AUTRE ONGLET\n35000 RENNES"), (page, "7 RUE DE CET ONGLET\n35000 RENNES")):
        tab.get_by_label("Adresse du logement").fill(address)
        tab.get_by_label("Je confirme que ces informations sont exactes").check()
    other.get_by_role("button", name=pages.SAVE, exact=True).click()
    other.wait_for_load_state("load")
    visitor.press(pages.SAVE)
    page.get_by_role("heading", name="Cette déclaration a changé pendant votre saisie").wait_for()
    assert page.get_by_role("row", name=re.compile("DE CET ONGLET.*DE L’AUTRE ONGLET", re.DOTALL)).count() == 1
    visitor.press("Garder ma saisie")
    page.get_by_role("link", name="Retour").or_(page.locator(".govuk-back-link")).first.click()
    visitor.look()
    visitor.go("/signalements")
    page.get_by_role("link", name="Signaler un locataire absent").click()
    visitor.look()
    visitor.press("Envoyer le signalement")
    assert page.title().startswith("Erreur")
