"""End-to-end tests: against what `make up` runs, or against any running product (`--url`).

What kills containers lives in a folder of its own and runs only when named: `make faults`.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from launcher.demo.journey import account
from launcher.demo.journey.context import Journey
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from support.product import ROOT, Product  # noqa: E402 - found through the line above
from support.ready import open_campaign, play  # noqa: E402 - found through the line above
from support.stack import Stack  # noqa: E402 - found through the line above
from support.visitor import Visitor  # noqa: E402 - found through the line above

APART = ("faults",)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("product", "the running product")
    environment = os.environ.get
    group.addoption("--url", default=environment("BAILLEURS_URL", "http://localhost:8080"), help="its address")
    group.addoption("--mail", default=environment("BAILLEURS_MAIL_URL", "http://127.0.0.1:8025"), help="mail catcher")
    project = environment("COMPOSE_PROJECT_NAME", "offre-bailleurs")
    group.addoption("--project", default=project, help="Compose's name of the stack")
    group.addoption("--folder", default=str(ROOT), help="where an all-in-one product was started")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "compose: needs one process a service, as `make up` runs them")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What kills containers, unless the command line names it."""
    if collection_path.parent != HERE or collection_path.name not in APART:
        return None
    named = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    return None if any(path == collection_path or collection_path in path.parents for path in named) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What looks at containers is left out where the product runs in one process, and the run says so."""
    marked = [item for item in items if item.get_closest_marker("compose")]
    if marked and not product_of(config).in_compose:
        config.hook.pytest_deselected(items=marked)
        items[:] = [item for item in items if item not in marked]


def product_of(config: pytest.Config) -> Product:
    option = config.getoption
    return Product(option("--url").rstrip("/"), option("--mail"), option("--project"), Path(option("--folder")))


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Product:
    found = product_of(request.config)
    assert found.in_compose in (True, False)
    return found


@pytest.fixture(scope="session")
def stack(product: Product) -> Stack:
    return Stack(product.project)


NewCampaign = Callable[..., Journey]
NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def new_campaign(product: Product) -> Iterator[NewCampaign]:
    """`new_campaign(tenancies=6, patience=0)`: a Caf of its own, its registry imported, its campaign open."""
    with ExitStack() as opened:

        def make(*, tenancies: int = 6, patience: float = 0.0) -> Journey:
            made = open_campaign(product, tenancies=tenancies, seed=secrets.randbits(40), patience=patience)
            opened.callback(made.site.close)
            return made

        yield make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield made
        made.close()


@pytest.fixture
def new_visitor(browser: Browser, product: Product) -> Iterator[NewVisitor]:
    """`new_visitor("name", scripts=True)`: a fresh profile. At the end nothing may be wrong with any page seen."""
    visitors: list[Visitor] = []

    def make(name: str, *, scripts: bool = True) -> Visitor:
        context = browser.new_context(locale="fr-FR", java_script_enabled=scripts)
        context.set_default_timeout(20_000)
        visitors.append(Visitor(context.new_page(), product.url, name, scripts))
        return visitors[-1]

    yield make
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.page.context.close()
    assert faults == []


@pytest.fixture(scope="module")
def campaign(new_campaign: NewCampaign) -> Journey:
    """One for all tests of a file; each of its people has received credentials and uses them once."""
    journey = new_campaign(tenancies=12)
    for person in journey.people:
        play(journey, person, account.receives_credentials)
    return journey
