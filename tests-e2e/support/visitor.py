"""A person in front of a real browser. Every page they stop at is judged: accessible, narrow enough, without error."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Download, Page, ViewportSize

from support.product import ROOT, SCREENSHOTS

AXE = ROOT / "libs" / "webui" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["RGAAv4", "best-practice", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of what passes, axe would otherwise describe every element: a fifth of its work.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# What RGAA 10.11 and WCAG 1.4.10 ask for: no scrolling sideways at this width.
NARROW = ViewportSize(width=320, height=640)
WIDE = ViewportSize(width=1280, height=900)


@dataclass
class Visitor:
    """`scripts` is False in a browser without JavaScript, where nothing can be measured from inside the page."""

    page: Page
    url: str
    name: str
    scripts: bool = True
    faults: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        self.page.on("console", lambda message: self._heard(message.type, message.text))

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.look()

    def look(self) -> None:
        """Judges the page where one stands, and keeps a picture of it."""
        self.page.wait_for_load_state("load")
        self.seen.append(self.page.url.removeprefix(self.url))
        if self.scripts:
            self._judge()
        # JPEG: compressing a long page as PNG takes as long as loading it.
        target = SCREENSHOTS / self.name / f"{len(self.seen):02d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=target, full_page=True)

    def press(self, button: str) -> None:
        """Clicks the button and judges what follows."""
        self.page.get_by_role("button", name=button, exact=True).click()
        self.look()

    def save(self, download: Download, folder: Path) -> Path:
        """Keeps a downloaded file."""
        target = folder / download.suggested_filename
        download.save_as(target)
        return target

    def _judge(self) -> None:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("options => axe.run(document, options)", OPTIONS)
        for rule in found["violations"]:
            self._note(f"axe {rule['id']}: {rule['nodes'][0]['html'][:140]}")
        self.page.set_viewport_size(NARROW)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(WIDE)
        if width > NARROW["width"]:
            self._note(f"{width} px wide on a screen of {NARROW['width']} px")

    def _heard(self, kind: str, text: str) -> None:
        # A refused form answers 422 and a page that is not there 404: Chromium calls that an error of its own.
        if kind == "error" and "status of 4" not in text:
            self._note(f"console: {text}")

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url.removeprefix(self.url)}: {fault}")
