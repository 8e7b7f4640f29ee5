"""A browser's form: what it would send as it stands, what a person types over it, and what a page shows again."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from portal.store import KEPT_FORMS, SESSIONS
from portal_stand_ins import FakeIdentity
from sqlalchemy import select
from webui.sent_forms import MARK
from webui.testing import Element, parse

Typed = dict[str, list[str]]
RETURN = "Me reconnecter et reprendre ma saisie"
NOTICE = "Voici ce que vous aviez saisi"
DATE = {"jj": "3", "mm": "4", "aaaa": "2025"}
SILENT = ("submit", "file", "reset", "button")


@dataclass
class Form:
    """The fields of one form of a page, as a browser holds them."""

    fields: Typed = field(default_factory=dict)
    # Names that a person can change: everything that is not hidden.
    open: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: str, action: str) -> "Form":
        """The last form of the page that goes there."""
        elements = parse(page)
        form = [each for each in elements if each.tag == "form" and each.get("action") == action][-1]
        made = cls()
        for each in elements:
            if form in each.parents and each.get("name"):
                made.add(each, elements)
        return made

    def add(self, each: Element, elements: list[Element]) -> None:
        name, kind = each.get("name"), each.get("type")
        if each.tag not in ("input", "select", "textarea") or kind in SILENT:
            return
        if kind != "hidden" and name not in self.open:
            self.open.append(name)
        held = self.fields.setdefault(name, [])
        if each.tag == "textarea":
            held.append(each.text.removeprefix("\n"))
        elif each.tag == "select":
            options = [one for one in elements if each in one.parents and one.tag == "option"]
            held += [one.get("value") for one in options if "selected" in one.attributes]
        elif kind not in ("checkbox", "radio") or "checked" in each.attributes:
            held.append(each.get("value"))

    def shown(self) -> Typed:
        """What a person sees in the fields."""
        return {name: self.fields[name] for name in self.open}


def typed_over(page: str, action: str) -> Typed:
    """The form with something of one's own in every field: the last choice, every box, a text of its own."""
    form, elements = Form.of(page, action), parse(page)
    for place, name in enumerate(form.open):
        [*_, last] = (each for each in elements if each.get("name") == name)
        ending = name.rpartition("-")[2]
        if last.tag == "select":
            form.fields[name] = [[one for one in elements if last in one.parents][-1].get("value")]
        elif last.get("type") == "radio":
            form.fields[name] = [last.get("value")]
        elif last.get("type") == "checkbox":
            form.fields[name] = [each.get("value") for each in elements if each.get("name") == name]
        else:
            form.fields[name] = [DATE.get(ending, f"Saisi {place}, « l’an {{dernier}} » & 50 %")]
    return form.fields


def end_sessions(portal: Flask) -> None:
    """As after an hour without use."""
    with portal.extensions["portal_engine"].begin() as connection:
        connection.execute(SESSIONS.delete())


def link(page: str, words: str) -> str:
    """Where the link with these words leads."""
    return next(each.get("href") for each in parse(page) if each.tag == "a" and each.words == words)


def come_back(browser: FlaskClient, identity: FakeIdentity, path: str, **claims: object) -> str:
    """Follows a link to a page for people signed in, signs in, and lands where the portal leads."""
    return sign_in_again(browser, identity, browser.get(path).location, **claims)


def sign_in_again(browser: FlaskClient, identity: FakeIdentity, start: str = "/connexion", **claims: object) -> str:
    """From the address that asks identity; where the portal leads then."""
    back = browser.get(identity.consent(browser.get(start).location, **claims))
    assert back.status_code == 303, back.text
    return str(back.location)


def mark_of(page: str) -> str:
    return str(re.findall(f'name="{MARK}" value="([^"]*)"', page)[-1])


def rows(portal: Flask) -> list[Any]:
    """What is kept."""
    with portal.extensions["portal_engine"].connect() as connection:
        return list(connection.execute(select(KEPT_FORMS)).all())
