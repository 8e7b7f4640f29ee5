"""The same declaration, without a pointer: Tab, arrows, space and Enter."""

from playwright.sync_api import Locator, Page

from support import pages
from support.visitor import Visitor

MOST_STOPS = 80


def reach(page: Page, target: Locator) -> None:
    """Tabs to the element; what cannot be reached, or does not show that it is, fails."""
    target.wait_for()
    for _stop in range(MOST_STOPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached in {MOST_STOPS} stops")


def write(page: Page, target: Locator, text: str) -> None:
    reach(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def tick(page: Page, target: Locator) -> None:
    """A box, or a radio button that nothing else of its group has taken."""
    if not target.is_checked():
        reach(page, target)
        page.keyboard.press("Space")
    assert target.is_checked()


def choose(page: Page, options: Locator, label: str) -> None:
    """One answer of a group: the group is one stop, arrows move inside."""
    wanted = options.get_by_label(label)
    if wanted.is_checked():
        return
    checked = options.locator("input:checked")
    reach(page, checked if checked.count() else options.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _move in range(options.get_by_role("radio").count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    assert wanted.is_checked()


def press(visitor: Visitor, button: str) -> None:
    enter(visitor, visitor.page.get_by_role("button", name=button, exact=True))


def enter(visitor: Visitor, target: Locator) -> None:
    """Follows a link or sends a form."""
    reach(visitor.page, target)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.look()


def declare(visitor: Visitor, rent: str) -> None:
    """From the list of tenants to the confirmation."""
    page = visitor.page
    enter(visitor, page.locator("tbody a").first)
    tick(page, page.get_by_label("Je confirme que ces informations sont exactes"))
    press(visitor, pages.SAVE)
    choose(page, pages.group(page, "occupe-t-il toujours"), "Oui")
    choose(page, pages.group(page, "loyer est-il à jour"), "Oui")
    press(visitor, pages.SAVE)
    write(page, page.get_by_label("Loyer de juillet, hors charges"), rent)
    write(page, page.get_by_label("Charges de juillet"), "40,00")
    choose(page, pages.group(page, "Ce montant est"), "Le loyer entier du logement")
    choose(page, pages.group(page, "tout le mois"), "Oui")
    choose(page, pages.group(page, "loué meublé"), "Non")
    press(visitor, pages.SAVE)
    for box in page.get_by_role("checkbox").all():
        tick(page, box)
    press(visitor, "Valider")
