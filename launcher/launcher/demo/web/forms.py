"""The forms and error messages of a page, parsed as a browser without JavaScript sees them."""

from dataclasses import dataclass, field

from lxml import html as lxml_html

UNSENT = frozenset({"submit", "button", "reset", "image", "file"})
ERRORS = "//*[contains(concat(' ', normalize-space(@class), ' '), ' govuk-error-message ')]"


@dataclass
class Form:
    """`fields`: what the untouched form would send; `offered`: the name of every field."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)


@dataclass
class PageContent:
    """`errors`: the page's error messages; `title`: its first heading."""

    forms: list[Form]
    errors: list[str]
    title: str


def read_page(html: str) -> PageContent:
    # A redirect has no content.
    page = lxml_html.document_fromstring(html or "<html></html>")
    errors = [error.text_content() for error in page.xpath(ERRORS)]
    return PageContent([_form(found) for found in page.forms], errors, "".join(page.xpath("(//h1)[1]//text()")))


def _form(found: lxml_html.FormElement) -> Form:
    inputs = [one for one in found.inputs if one.name and one.tag != "button" and one.get("type", "text") not in UNSENT]
    # A select without a choice is sent empty: ours all begin with an empty choice.
    fields = {str(one.name): "" for one in inputs if one.tag in ("select", "textarea")}
    fields |= {str(name): str(value) for name, value in found.form_values()}
    return Form(found.get("action", ""), fields, {str(one.name) for one in inputs})
