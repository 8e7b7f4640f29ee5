"""Page rules (RGAA 4.1 criteria in brackets) that need no browser. Each returns its violations as sentences."""

import re
from collections import Counter
from collections.abc import Iterator

from webui.testing.parsing import Element, parse

UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
# Code, and what the person typed.
SILENT = frozenset({"script", "style", "code", "pre", "samp", "kbd", "textarea"})
BREAKABLE_SPACE = re.compile(r"\w [:;?!%€»]|« ")
STRAIGHT_APOSTROPHE = re.compile(r"[^\W\d_]'[^\W\d_]")


def typography_faults(text: str) -> list[str]:
    """Places in a French text where a no-break space or a typographic apostrophe is missing."""
    found = []
    for rule, pattern in (("no-break space", BREAKABLE_SPACE), ("apostrophe", STRAIGHT_APOSTROPHE)):
        for match in pattern.finditer(text):
            found.append(f"{rule}: « {text[max(0, match.start() - 20) : match.end() + 10].strip()} »")
    return found


def structure(elements: list[Element]) -> Iterator[str]:
    """Language [8.3], title [8.5], headings [9.1], landmarks [12.6], unique ids [8.2]."""
    # The title of an SVG is not a page title.
    count = Counter(element.tag for element in elements if not element.inside("svg"))
    if not any(element.tag == "html" and element.get("lang") == "fr" for element in elements):
        yield "html lang is not fr"
    for tag in ("title", "h1", "main"):
        if count[tag] != 1:
            yield f"{count[tag]} <{tag}> instead of 1"
    if any(element.tag in {"title", "h1"} and not element.words.strip(" –") for element in elements):
        yield "empty title or h1"
    if any(element.tag == "title" and element.words.startswith("–") for element in elements):
        yield "the title has no words of its own"
    for identifier, times in Counter(element.get("id") for element in elements if element.get("id")).items():
        if times > 1:
            yield f"id {identifier} appears {times} times"


def fields(elements: list[Element]) -> Iterator[str]:
    """A label for each field [11.1]; every form has an action and a CSRF token."""
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    for element in elements:
        if element.tag not in {"input", "select", "textarea"} or element.get("type") in UNLABELLED:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby") or element.inside("label")
        if not named and element.get("id") not in labelled:
            yield f"no label for the field {element.get('name') or element.get('id')}"
    for form in (element for element in elements if element.tag == "form"):
        held = [element for element in elements if form in element.parents]
        if not form.get("action"):
            yield "a form without action"
        if form.get("method").lower() == "post" and not any(element.get("name") == "csrf_token" for element in held):
            yield f"the form to {form.get('action')} has no csrf_token"
        if not any(element.tag == "button" for element in held):
            yield f"the form to {form.get('action')} has no button"


def links(elements: list[Element]) -> Iterator[str]:
    """Links with a text [6.2] and a target; images with an alternative [1.1]; column headers [5.7]."""
    ids = {element.get("id") for element in elements}
    for element in elements:
        target = element.get("href")
        if element.tag == "a" and not (element.words or element.get("aria-label")):
            yield f"a link without words to {target}"
        if element.tag == "a" and target.startswith("#") and target[1:] not in ids:
            yield f"{target} is not on the page"
        if element.tag == "img" and "alt" not in element.attributes:
            yield f"no alt on {element.get('src')}"
        if element.tag == "th" and element.get("scope") not in {"col", "row"}:
            yield f"no scope on the header {element.words}"


def content_policy(elements: list[Element]) -> Iterator[str]:
    """What the content security policy would block: inline code and styles, third-party files."""
    for element in elements:
        if element.tag == "style" or "style" in element.attributes:
            yield f"an inline style on <{element.tag}>"
        if element.tag == "script" and not element.get("src") and element.get("type") != "application/json":
            yield "an inline script"
        for name in element.attributes:
            if name.startswith("on"):
                yield f"{name} on <{element.tag}>"
        source = element.get("src") or (element.get("href") if element.tag == "link" else "")
        if re.match(r"(?:[a-z]+:)?//|data:", source):
            yield f"{source[:60]} comes from elsewhere"


def errors(elements: list[Element]) -> Iterator[str]:
    """An error is shown in the title, at the top and at the field [11.10, 11.11]."""
    classes = {name for element in elements for name in element.get("class").split()}
    title = next((element.words for element in elements if element.tag == "title"), "")
    if "govuk-error-message" in classes and "govuk-error-summary" not in classes:
        yield "a field in error without the summary"
    if "govuk-error-summary" in classes and not title.startswith("Erreur\u00a0: "):
        yield "the title does not start with « Erreur\u00a0: »"


def typography(elements: list[Element]) -> Iterator[str]:
    """French typography of the displayed text."""
    for element in elements:
        around = (*element.parents, element)
        silent = any(parent.tag in SILENT or "mono" in parent.get("class").split() for parent in around)
        if not silent:
            for piece in element.own_text:
                yield from typography_faults(piece)


def page_checks(html: str) -> list[str]:
    """All faults of a page, as sentences; empty when there are none."""
    elements = parse(html)
    rules = (structure, fields, links, content_policy, errors, typography)
    return [fault for rule in rules for fault in rule(elements)]


def assert_page(html: str) -> None:
    """Raises AssertionError with every fault of the page."""
    faults = page_checks(html)
    if faults:
        raise AssertionError("\n".join(faults))
