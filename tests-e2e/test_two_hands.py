"""Two hands at one declaration: two tabs, paper beside what was declared online, the Caf's question and its answer."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from chassis import clock
from launcher.demo.journey.context import Journey
from launcher.demo.waiting import wait_for
from playwright.sync_api import Page
from support import pages
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)
NewVisitor = Callable[..., Visitor]


def tenant_of(campaign: Journey, place: int, rank: int = 0) -> dict[str, str]:
    """A line of the registry: a tenant of that person, one who was there in July."""
    rows = list(csv.DictReader(io.StringIO(campaign.registry.csv), delimiter=";"))
    number = campaign.people[place].landlord.user_number
    return [row for row in rows if row["user_number"] == number and not row["lease_end"]][rank]


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
    # A second paper of the same tenant is asked about first.
    visitor.press("Oui, commencer l’attestation une deuxième fois")
    type_paper(visitor, "490,00")
    assert page.get_by_text("est déjà enregistrée (version 1)").count()
    assert page.get_by_role("row", name=re.compile("490")).count()
    page.get_by_label("Pourquoi écarter cette attestation").fill("Reçue en double, la première fait foi.")
    visitor.press("Écarter l’attestation")
    visitor.go("/declarer?status=transmitted")
    page.locator("tbody tr", has_text=tenant["tenant_number"]).get_by_role("link").first.click()
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


QUESTION = "Le loyer comprend-il le garage ?"
# In the pages a no-break space stands before the question mark.
READ = re.compile("Le loyer comprend-il le garage")
REPLY = "Non, le garage est loué à part."
MAIL = "a répondu à vos déclarations de loyer"


def take_batch(visitor: Visitor, folder: Path) -> list[dict[str, str]]:
    """The agent makes a batch in the pages and downloads it; its lines."""
    visitor.go("/agent/exports")
    visitor.press("Faire un lot")
    link = visitor.page.get_by_role("link", name="Télécharger le lot (ZIP)").or_(
        visitor.page.get_by_role("button", name="Télécharger le lot (ZIP)")
    )
    link.first.wait_for(timeout=pages.WAIT_MS)
    with visitor.page.expect_download() as download:
        link.first.click()
    with zipfile.ZipFile(visitor.save(download.value, folder)) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".csv")]
        return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""), delimiter=";"))


def ask(visitor: Visitor, reference: str, folder: Path) -> None:
    """The Caf's answers, as its own program writes them."""
    file = folder / "reponses.csv"
    file.write_text(f"reference;answer;text\n{reference};information_requested;{QUESTION}\n", encoding="utf-8")
    visitor.go("/agent/reponses")
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.press("Envoyer le fichier")
    visitor.page.get_by_text("Aucune ligne n’a été écartée.").wait_for(timeout=pages.WAIT_MS)
    visitor.look()


def asked_by_mail(campaign: Journey, address: str) -> bool:
    return any(MAIL in mail.words for mail in campaign.mailbox.mails(address))


def reply(visitor: Visitor) -> None:
    """From the list, where the question stands, to the new version."""
    page = visitor.page
    visitor.go("/declarer?status=information_requested")
    assert page.get_by_text(READ).count()
    page.locator("tbody a").first.click()
    visitor.look()
    assert page.get_by_text("Complément demandé").count()
    page.get_by_role("link", name="Répondre à la Caf").or_(
        page.get_by_role("button", name="Répondre à la Caf")
    ).first.click()
    visitor.look()
    assert page.get_by_text(READ).count()
    visitor.press("Continuer")
    assert page.title().startswith("Erreur"), "an answer is asked for"
    page.locator("textarea[name=reason]").fill(REPLY)
    visitor.press("Continuer")
    page.get_by_role("heading", name="Synthèse de votre déclaration").wait_for()
    assert page.get_by_text(READ).count()
    for box in page.get_by_role("checkbox").all():
        box.check()
    visitor.press("Valider")
    page.get_by_role("heading", name="Déclaration transmise").wait_for()
    assert page.get_by_text(READ).count()
    assert page.get_by_text(REPLY).count()


def test_a_question_of_the_caf_is_read_answered_and_travels_in_the_next_batch(
    new_visitor: NewVisitor, campaign: Journey, tmp_path: Path
) -> None:
    # The one to whom the Caf writes by e-mail and who has not signed in here; paper is typed for their first tenant.
    person, tenant = campaign.people[1], tenant_of(campaign, 1, rank=-1)
    landlord, agent = new_visitor("asked"), new_visitor("asking")
    pages.sign_in_first(landlord, person)
    landlord.go("/declarer")
    landlord.page.locator("tbody tr", has_text=tenant["tenant_number"]).get_by_role("link").first.click()
    landlord.look()
    pages.declare(landlord, "480,00")
    reference = landlord.page.locator(".govuk-panel strong").inner_text()
    pages.sign_in_agent(agent, campaign)
    [line] = [each for each in take_batch(agent, tmp_path) if each["reference"] == reference]
    assert (line["version"], line["question"], line["rent"]) == ("1", "", "480.00")
    ask(agent, reference, tmp_path)
    wait_for("a mail of the Caf's question", lambda: asked_by_mail(campaign, person.email))
    reply(landlord)
    [line] = take_batch(agent, tmp_path)
    answered = {"version": "2", "supersedes": "1", "question": QUESTION, "reason": REPLY}
    assert {name: line[name] for name in answered} == answered
