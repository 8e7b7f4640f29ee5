"""The journey in the pages themselves, with and without JavaScript, with a keyboard alone, and every page judged."""

from collections.abc import Callable
from pathlib import Path

import pytest
from launcher.demo import credentials
from launcher.demo.credentials import Credentials
from launcher.demo.journey.context import Journey
from launcher.demo.journey.first_sign_in import sign_in_first
from launcher.demo.journey.people import own_password
from launcher.demo.waiting import wait_for
from support import keyboard, pages
from support.product import Product
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)
NewVisitor = Callable[..., Visitor]
SUPERVISOR = {
    "civility": "M.",
    "last_name": "DELORME",
    "first_name": "Luc",
    "function": "Superviseur",
    "telephone": "01 45 65 52 52",
}


def test_a_company_signs_in_declares_and_creates_a_user(
    new_visitor: NewVisitor, campaign: Journey, tmp_path: Path
) -> None:
    person, visitor = campaign.people[0], new_visitor("company")
    pages.sign_in_first(visitor, person)
    pages.open_first_tenant(visitor)
    pages.declare(visitor, "512,30")
    with visitor.page.expect_download() as download:
        pages.receipt_link(visitor).click()
    assert visitor.save(download.value, tmp_path).read_bytes().startswith(b"%PDF")
    visitor.look()
    _create_user(visitor, campaign)
    _delegate(visitor)
    visitor.go("/habilitations/journal")


def _create_user(visitor: Visitor, campaign: Journey) -> None:
    """By ticking groups; the user's two e-mails leave at once, and once, though the same form is sent again."""
    address = campaign.people[0].email.replace("gestion", "collegue")
    visitor.go("/habilitations")
    _type_user(visitor, address)
    visitor.page.get_by_text("L’utilisateur est créé").wait_for()
    found = wait_for("two e-mails for the new user", lambda: credentials.find(campaign.mailbox.mails(address)))
    assert found.login_message.id != found.password_message.id
    _type_user(visitor, address)
    visitor.page.get_by_role("heading", name="Déjà enregistré").wait_for()
    visitor.look()
    assert len(campaign.mailbox.mails(address)) == 2


def _type_user(visitor: Visitor, address: str) -> None:
    visitor.go("/habilitations/utilisateurs/nouveau")
    page = visitor.page
    page.get_by_label("Madame").check()
    page.get_by_label("Nom", exact=True).fill("TANGUY")
    page.get_by_label("Prénom (s’il y en a un)").fill("Solène")
    page.locator("input[name=email]").fill(address)
    page.get_by_role("checkbox").first.check()
    visitor.press("Valider")


def _delegate(visitor: Visitor) -> None:
    """The user becomes a delegate, and is one no more."""
    visitor.go("/habilitations")
    visitor.page.get_by_role("link", name="Désigner responsable").first.click()
    visitor.look()
    visitor.page.get_by_label("Tous ses groupes").check()
    visitor.press("Valider")
    visitor.page.get_by_role("link", name="Changer sa délégation").first.click()
    visitor.look()
    visitor.page.get_by_role("link", name="Retirer la responsabilité").click()
    visitor.look()
    visitor.press("Retirer cette responsabilité")
    visitor.page.get_by_text("n’est plus responsable d’habilitation").wait_for()


def test_a_person_does_it_all_without_javascript(new_visitor: NewVisitor, campaign: Journey, tmp_path: Path) -> None:
    visitor = new_visitor("without-javascript", scripts=False)
    pages.sign_in_first(visitor, campaign.people[1])
    pages.open_first_tenant(visitor)
    pages.declare(visitor, "480,00")
    with visitor.page.expect_download() as download:
        pages.receipt_link(visitor).click()
    assert visitor.save(download.value, tmp_path).read_bytes().startswith(b"%PDF")


def test_a_person_declares_with_a_keyboard_alone(new_visitor: NewVisitor, campaign: Journey) -> None:
    visitor = new_visitor("keyboard")
    pages.sign_in_first(visitor, campaign.people[2])
    visitor.go("/declarer?status=to_declare")
    keyboard.declare(visitor, "455,00")
    assert visitor.page.get_by_role("heading", name="Déclaration transmise").is_visible()


PUBLIC = (
    *("/", "/accessibilite", "/mentions", "/aide/", "/aide/premiere-connexion", "/aide/numero-utilisateur"),
    *("/aide/declarer-un-loyer", "/aide/utilisateurs-et-groupes", "/compte/connexion", "/compte/aide-connexion"),
    *("/compte/identifiant-perdu", "/compte/mot-de-passe-oublie", "/v/", "/v/R26-0000-0000-0000-0000", "/nulle-part"),
    "/docs",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_accessible_and_fits_a_narrow_screen(new_visitor: NewVisitor, path: str) -> None:
    visitor = new_visitor(f"public{path.replace('/', '-').rstrip('-')}")
    visitor.go(path)
    assert visitor.page.get_by_role("heading", level=1).count() == 1


@pytest.mark.parametrize("path", ["/declarer", "/habilitations", "/agent", "/agent/registre", "/agent/campagnes"])
def test_a_page_of_someone_asks_who_comes(new_visitor: NewVisitor, path: str) -> None:
    visitor = new_visitor(f"stranger{path.replace('/', '-')}")
    visitor.go(path)
    assert visitor.seen == ["/compte/connexion"]


def test_a_supervisor_sees_every_caf_and_comes_from_france_to_one_of_them(
    new_visitor: NewVisitor, campaign: Journey, product: Product
) -> None:
    made, visitor = product.new_agent(supervisor=True), new_visitor("supervisor")
    own = Credentials(made.login, own_password(), made.caf_code)
    sign_in_first(campaign.site, made, SUPERVISOR | {"email": f"{made.login.lower()}@cnaf.example"}, own.password)
    pages.give_credentials(visitor, own)
    page, caf = visitor.page, campaign.registry.caf_code
    visitor.go(f"/agent/campagnes/{campaign.year}/france")
    assert page.get_by_role("table", name="Par Caf").get_by_role("link", name=caf).count() == 1
    page.get_by_role("table", name="Par Caf").get_by_role("link", name=caf).click()
    visitor.look()
    assert page.get_by_role("heading", level=1).count() == 1
    visitor.go("/agent/campagnes")
    visitor.go(f"/agent/campagnes/{campaign.year}/ouverture-nationale")


def test_the_agent_follows_the_campaign_and_reads_what_is_wrong_in_a_file(
    new_visitor: NewVisitor, campaign: Journey, tmp_path: Path
) -> None:
    visitor = new_visitor("agent")
    pages.sign_in_agent(visitor, campaign)
    for path in ("/agent", f"/agent/campagnes/{campaign.year}", "/agent/campagnes", "/agent/campagnes/nouvelle"):
        visitor.go(path)
    for path in ("/agent/messages", "/agent/courriers", "/declarer"):
        visitor.go(path)
    pages.import_faulty_registry(visitor, campaign, tmp_path)
    assert visitor.page.get_by_role("row").count() > 30


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_agent_moves_the_days_of_the_campaign_and_passes_the_pages_of_the_exchange(
    new_visitor: NewVisitor, campaign: Journey, scripts: bool
) -> None:
    visitor = new_visitor(f"campaign-{'scripts' if scripts else 'plain'}", scripts=scripts)
    pages.sign_in_agent(visitor, campaign)
    page, year = visitor.page, campaign.year
    visitor.go(f"/agent/campagnes/{year}")
    page.get_by_role("link", name="Changer les dates ou les rappels").click()
    visitor.look()
    page.get_by_label("Jours de rappel").fill("demain")
    visitor.press("Continuer")
    assert "Saisissez une date par ligne" in page.content()
    page.get_by_label("Jours de rappel").fill("")
    page.get_by_label("Motif").fill(f"Essai de bout en bout, {visitor.name}")
    visitor.press("Continuer")
    assert page.get_by_role("row").count() == 4
    visitor.press("Enregistrer ces dates")
    assert "Les dates de la campagne sont changées." in page.content()
    assert "Aucun rappel n’est prévu." in page.content()
    for path in (f"/agent/campagnes/{year}/cloture", "/agent/exports", "/agent/reponses", "/signalements"):
        visitor.go(path)
    visitor.go(f"/agent/campagnes/{year}/france")
    assert "Page introuvable" in page.title()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_an_agent_finds_an_account_suspends_it_with_a_reason_and_reads_its_journal(
    new_visitor: NewVisitor, campaign: Journey, scripts: bool
) -> None:
    visitor = new_visitor(f"supervision-{'scripts' if scripts else 'plain'}", scripts=scripts)
    pages.sign_in_agent(visitor, campaign)
    visitor.go("/agent/comptes")
    visitor.press("Chercher")
    assert "Saisissez ce que vous cherchez" in visitor.page.content()
    visitor.page.get_by_label("Chercher par").select_option(label="Identifiant de connexion")
    visitor.page.get_by_label("Valeur exacte").fill(campaign.people[-1].credentials.login)
    visitor.press("Chercher")
    visitor.page.get_by_role("table").get_by_role("link").first.click()
    visitor.look()
    account_page = visitor.seen[-1]
    # The same act with the same words within the hour would be asked about first.
    why = f"Essai de bout en bout, demandé par le bailleur, {'avec' if scripts else 'sans'} scripts."
    for act, button, said in (
        ("Suspendre ce compte", "Suspendre le compte", "Le compte est suspendu."),
        ("Rétablir ce compte", "Rétablir le compte", "Le compte est rétabli."),
    ):
        visitor.page.get_by_role("link", name=act, exact=True).click()
        visitor.look()
        visitor.page.get_by_label("Motif").fill(why)
        visitor.press(button)
        assert said in visitor.page.content()
    visitor.go(account_page + "/journal")
    assert why in visitor.page.content()
    visitor.go(account_page + "/fermeture")
    visitor.page.get_by_label("Motif").fill(why)
    visitor.press("Fermer le compte")
    assert "laisserait l’organisme sans accès" in visitor.page.content()
    for path in (account_page + "/seconde-verification", "/agent/verifications"):
        visitor.go(path)
    for path in ("/compte/securite", "/compte/activite"):
        visitor.go(path)
    assert "Connexion" in visitor.page.content()
