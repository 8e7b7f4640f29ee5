"""A flat reading of an HTML page: its elements in order, each with its attributes, its text and what holds it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


@dataclass(slots=True)
class Element:
    """`text` is all the text inside; `parents` are the elements around it, outermost first."""

    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...]
    text: str = ""
    own_text: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The attribute's value, or an empty string."""
        return self.attributes.get(name, "")

    def inside(self, tag: str) -> bool:
        """True when an element of that tag is around this one."""
        return any(parent.tag == tag for parent in self.parents)

    @property
    def words(self) -> str:
        """The text, with single spaces; no-break spaces stay."""
        return " ".join(part for part in self.text.replace("\n", " ").split(" ") if part)


class PageParser(HTMLParser):
    """Collects `elements`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element, or records a void one."""
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Closes the nearest element of that tag."""
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        """Text belongs to every open element."""
        for element in self.open:
            element.text += data
        if self.open:
            self.open[-1].own_text.append(data)


def parse(html: str) -> list[Element]:
    """The elements of a page in document order."""
    parser = PageParser()
    parser.feed(html)
    parser.close()
    return parser.elements
