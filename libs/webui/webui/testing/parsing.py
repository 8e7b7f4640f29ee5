"""A flat view of an HTML page: its elements in order, each with attributes, text and parents."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import html as lxml_html


@dataclass(slots=True)
class Element:
    """`text` is all the text inside; `parents` are the elements around it, outermost first."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[Element, ...]
    text: str = ""
    own_text: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The attribute's value, or an empty string."""
        return self.attributes.get(name, "")

    def inside(self, tag: str) -> bool:
        """True when an element of that tag contains this one."""
        return any(parent.tag == tag for parent in self.parents)

    @property
    def words(self) -> str:
        """The text with single spaces; no-break spaces are kept."""
        return " ".join(part for part in self.text.replace("\n", " ").split(" ") if part)


def parse(html: str) -> list[Element]:
    """The elements of a page in document order."""
    read: dict[lxml_html.HtmlElement, Element] = {}
    for node in lxml_html.document_fromstring(
        html or "<html></html>", parser=lxml_html.HTMLParser(encoding="utf-8")
    ).iter("*"):
        parents = tuple(read[parent] for parent in reversed(list(node.iterancestors())))
        attributes = {str(name): str(value) for name, value in node.attrib.items()}
        own = [part for part in (node.text, *(child.tail for child in node)) if part]
        read[node] = Element(str(node.tag), attributes, parents, node.text_content(), own)
    return list(read.values())
