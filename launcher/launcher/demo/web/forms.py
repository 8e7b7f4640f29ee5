"""The forms and the error messages of a page, read as a browser without JavaScript reads them."""

from dataclasses import dataclass, field

from lxml import html as lxml_html

UNSENT = frozenset({"submit", "button", "reset", "image", "file"})
ERRORS = "//*[contains(concat(' ', normalize-space(@class), ' '), ' govuk-error-message ')]"


@dataclass
class Form:
    """`fields` is what the form would send untouched; `offered` names every field that it has."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)


@dataclass
class PageContent:
    """`errors`: what the page says is wrong; `title`: its first heading."""

    forms: list[Form]
    errors: list[str]
    title: str


def read_page(html: str) -> PageContent:
    # A redirect has no page of its own.
    page = lxml_html.document_fromstring(html or "<html></html>")
    errors = [error.text_content() for error in page.xpath(ERRORS)]
    return PageContent([_form(found) for found in page.forms], errors, "".join(page.xpath("(//h1)[1]//text()")))


def _form(found: lxml_html.FormElement) -> Form:
    inputs = [one for one in found.inputs if one.name and one.tag != "button" and one.get("type", "text") not in UNSENT]
    # A list of which nothing is chosen is sent empty: the pages have none without an empty first choice.
    fields = {str(one.name): "" for one in inputs if one.tag in ("select", "textarea")}
    fields |= {str(name): str(value) for name, value in found.form_values()}
    return Form(found.get("action", ""), fields, {str(one.name) for one in inputs})
