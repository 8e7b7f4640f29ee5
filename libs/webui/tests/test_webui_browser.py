"""What only a browser shows: contrast, focus, reflow, and that all works without JavaScript."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from webui_demo import make_demo
from werkzeug.serving import make_server

MODULES = Path(__file__).parent.parent / "node_modules"
CHROMIUM = shutil.which("chromium")
AXE = MODULES / "axe-core" / "axe.min.js"
RULES = ["RGAAv4", "best-practice", "wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make_demo(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found["violations"]]


def test_every_brick_passes_axe_in_order_and_in_error(page: Page, site: str) -> None:
    page.goto(f"{site}/tout")
    assert violations(page) == []
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_selector(".govuk-error-summary")
    assert violations(page) == []


def test_an_error_takes_the_focus_and_its_link_leads_to_the_field(page: Page, site: str) -> None:
    page.goto(f"{site}/tout")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    assert page.title().startswith("Erreur\u00a0: ")
    assert "govuk-error-summary" in str(page.evaluate("document.activeElement.className"))
    page.get_by_role("link", name="Saisissez votre nom").click()
    assert page.evaluate("document.activeElement.id") == "name"


def test_nothing_overflows_a_narrow_screen(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}/tout")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_form_is_filled_and_sent_without_javascript(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/tout")
    page.get_by_label("Nom").fill("Martin")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    assert page.get_by_text("Votre saisie est enregistrée").is_visible()
    context.close()


def test_a_second_click_does_not_send_the_form_again(page: Page, site: str) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{site}/tout")
    page.get_by_label("Nom").fill("Martin")
    page.get_by_role("button", name="Enregistrer et continuer").dblclick()
    page.get_by_text("Votre saisie est enregistrée").wait_for()
    assert len(sent) == 1


def test_nothing_is_blocked_by_the_policy(page: Page, site: str) -> None:
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/tout")
    assert blocked == []


def test_the_html_is_valid(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text(make_demo().test_client().get("/tout").text)
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", str(jar), "--errors-only", "--format", "json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own jar on our own file
    assert json.loads(done.stderr)["messages"] == []
