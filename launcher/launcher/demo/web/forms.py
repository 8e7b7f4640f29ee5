"""The forms and the error messages of a page, read as a browser without JavaScript reads them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSENT = frozenset({"submit", "button", "reset", "image", "file"})
VOID = frozenset({"input", "br", "img", "hr", "meta", "link", "source", "wbr"})


@dataclass
class Form:
    """`fields` is what the form would send untouched; `offered` names every field that it has."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)

    def add(self, attributes: dict[str, str]) -> None:
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        if not name or kind in UNSENT:
            return
        self.offered.add(name)
        if kind in ("checkbox", "radio") and "checked" not in attributes:
            return
        self.fields[name] = attributes.get("value", "on" if kind == "checkbox" else "")


class PageReader(HTMLParser):
    """`errors`: what the page says is wrong; `title`: its first heading."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.errors: list[str] = []
        self.title = ""
        self._inside: Form | None = None
        self._error_depth = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(attributes.get("action", ""))
            self.forms.append(self._inside)
        elif tag in ("input", "textarea", "select") and self._inside is not None:
            self._inside.add(attributes)
        elif tag == "h1":
            self._in_title = True
        if tag not in VOID and (self._error_depth or "govuk-error-message" in attributes.get("class", "").split()):
            self._error_depth += 1
            if self._error_depth == 1:
                self.errors.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "h1":
            self._in_title = False
        if self._error_depth and tag not in VOID:
            self._error_depth -= 1

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._error_depth:
            self.errors[-1] += data


def read_page(html: str) -> PageReader:
    reader = PageReader()
    reader.feed(html)
    return reader
