"""A form open for longer than its session: what was typed is given back after signing in, and sent by nobody else."""

from collections.abc import Callable

import pytest
from launcher.demo.journey.context import Journey
from support import pages
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)
NewVisitor = Callable[..., Visitor]
GRID = "/declarer/tableau"
NOTICE = "Voici ce que vous aviez saisi"


@pytest.mark.parametrize(("scripts", "place"), [(True, 0), (False, 1)], ids=["scripts", "plain"])
def test_rents_typed_in_a_grid_that_expired_are_given_back_and_saved_by_the_person(
    new_visitor: NewVisitor, campaign: Journey, scripts: bool, place: int
) -> None:
    person, visitor = campaign.people[place], new_visitor(f"expired-{place}", scripts=scripts)
    pages.sign_in_first(visitor, person)
    visitor.go(GRID)
    page = visitor.page
    pages.type_row(visitor, 0, "777,77")
    # The sessions of the portal and of identity are over, as after a long absence.
    page.context.clear_cookies()
    visitor.press("Enregistrer")
    page.get_by_role("heading", name="Le formulaire a expiré").wait_for()
    visitor.press("Me reconnecter et reprendre ma saisie")
    page.get_by_label("Identifiant", exact=True).fill(person.credentials.login)
    page.locator("input[name=password]").fill(person.own_password)
    visitor.press("Connexion")
    if page.url.endswith("/compte/protection"):
        # Offered once, to who need not have one.
        visitor.press("Continuer sans")
    page.get_by_text(NOTICE).wait_for()
    assert visitor.seen[-1] == GRID
    assert page.locator("#l0-rent").input_value() == "777,77"
    visitor.press("Enregistrer")
    page.get_by_text("ligne enregistrée").wait_for()
    visitor.go(GRID)
    assert page.locator("#l0-rent").input_value() == "777,77"
    assert page.get_by_text(NOTICE).count() == 0
