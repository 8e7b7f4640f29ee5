"""The programs of docs/clients.md, taken out of it and run against the product; one is a certified relying party."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from chassis import ids
from launcher.demo.command import make_agent
from launcher.demo.credentials import Credentials
from launcher.demo.journey.first_sign_in import SIGN_IN, sign_in_first
from launcher.demo.web.browser import Browser, Page, on
from launcher.demo.web.site import Site
from running_product import free_port, running, served, until_answered

ROOT = Path(__file__).parents[2]
RELYING_PARTY = Path(__file__).parent / "relying_party"
PASSWORD = "girafe violon pamplemousse comète"
PROGRAM = "PRGM-2222"
INFORMATION = {
    "civility": "Mme",
    "last_name": "RIVIERE",
    "first_name": "Anne",
    "function": "Référente",
    "email": "anne.riviere@caf.example",
    "telephone": "02 99 00 00 00",
}
SECRETS = {
    "BAILLEURS_EXAMPLE_WEB_SECRET": "web-secret_with-signs-that-are-encoded",
    "BAILLEURS_EXAMPLE_INTEGRATOR_SECRET": "integrator-secret",
    "BAILLEURS_EXAMPLE_INTEGRATOR_LOGIN": PROGRAM,
}
# Adds a landlord's account for a program to identity's database, as creating a user does.
ADD_PROGRAM = """
import sys
from uuid import UUID
from identity.accounts.commands import create_account
from launcher import services
with services.runtime("identity").transaction() as session:
    create_account(session, UUID(sys.argv[1]), kind="landlord", login=sys.argv[2], organisation_id=UUID(sys.argv[3]))
"""

# What habilitation tells once an administrator has ticked a group for the program's user.
GIVE_RIGHTS = """
import sys
from uuid import UUID
from chassis import rights
from chassis.events import Event
from launcher import services
data = {"account_id": sys.argv[1], "organisation_id": sys.argv[2], "role": "user", "active": True, "version": 1,
        "scopes": [{"housing_type": "private", "zone": "35"}]}
with services.runtime("declaration").transaction() as session:
    rights.access_changed(session, Event(type="habilitation.access_changed.v1", subject="x", source="x", data=data))
"""


def block(name: str) -> str:
    """The code block whose first line names that file."""
    document = (ROOT / "docs/clients.md").read_text(encoding="utf-8")
    found = [text for text in re.findall(r"```\w+\n(.*?)```", document, re.DOTALL) if name in text.splitlines()[0]]
    assert len(found) == 1, name
    return str(found[0])


@dataclass
class Product:
    url: str
    environment: dict[str, str]
    person: Credentials
    site: Site
    give_rights: Callable[[], None]

    def sign_in(self, browser: Browser, address: str) -> Page:
        """Opens the address, signs the person in, and follows to where the program asked to come back."""
        page = on(browser.get(address), SIGN_IN)
        return browser.send(page, login=self.person.login, password=self.person.password)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """All in one, in a folder of its own, with an agent who has signed in and a program's account."""
    settings = {
        **SECRETS,
        # So short that the examples refresh it.
        "BAILLEURS_ACCESS_TOKEN_SECONDS": "45",
        # The same agent signs in once for each example; the second factor has tests of its own.
        "BAILLEURS_MFA_GRACE_SIGN_INS": "100",
    }
    with served(tmp_path_factory.mktemp("product"), **settings) as here:
        account, organisation = str(ids.new_id()), str(ids.new_id())
        here.run(ADD_PROGRAM, account, PROGRAM, organisation)
        site = Site(here.url)
        provisional = make_agent("359", folder=here.folder)
        sign_in_first(site, provisional, INFORMATION, PASSWORD)
        person = Credentials(provisional.login, PASSWORD, "359")

        def give_rights() -> None:
            here.run(GIVE_RIGHTS, account, organisation)

        yield Product(here.url, {**here.environment, "ISSUER": here.url}, person, site, give_rights)
        site.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the examples are put, beside the library that `npm install` would put there."""
    assert (RELYING_PARTY / "node_modules").is_dir(), "python3 -m tools.setup --dev installs it"
    (tmp_path / "node_modules").symlink_to(RELYING_PARTY / "node_modules")
    for name in ("mobile.mjs", "site.py", "read.py"):
        (tmp_path / name).write_text(block(name), encoding="utf-8")
    return tmp_path


def read_line(process: subprocess.Popen[str], start: str) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line.startswith(f"{start} "), line + process.stdout.read()
    return line.removeprefix(f"{start} ")


def test_a_certified_relying_party_signs_in_refreshes_revokes_and_signs_out(product: Product, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    node = shutil.which("node", path=path)
    assert node, "Node.js is missing"
    browser = Browser(product.site, callback=("http://127.0.0.1", "example.bailleurs.mobile:"))
    told = {"cwd": folder, "env": product.environment, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with running([node, "mobile.mjs"], **told) as process:
        back = product.sign_in(browser, read_line(process, "open"))
        assert httpx.get(back.url, timeout=30).text == "Vous pouvez fermer cette page."
        assert read_line(process, "signed in") == "Anne RIVIERE"
        assert int(read_line(process, "declarations")) > 0
        assert read_line(process, "after revocation") == "invalid_grant"
        leave = read_line(process, "sign out")
        assert process.wait(30) == 0
    assert browser.get(leave).callback.startswith("example.bailleurs.mobile:/fin?state=")
    assert browser.get("/compte/securite").path == SIGN_IN


def test_a_web_site_keeps_the_tokens_and_shows_what_the_person_may_see(product: Product, folder: Path) -> None:
    port = free_port()
    environment = {**product.environment, "PORT": str(port)}
    here = f"http://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        running([sys.executable, "site.py"], cwd=folder, env=environment, **quiet),
        httpx.Client(base_url=here, timeout=30) as visitor,
    ):
        until_answered(f"{here}/connexion")
        assert visitor.get("/").headers["Location"] == "/connexion"
        asked = visitor.get("/connexion").headers["Location"]
        back = product.sign_in(Browser(product.site, callback=here), asked)
        assert visitor.get(back.url).headers["Location"] == "/"
        assert re.fullmatch(r"Anne RIVIERE: [1-9]\d*", visitor.get("/").text)
        # A token alone is longer.
        assert 0 < len("".join(visitor.cookies.values())) < 300
        leave = visitor.post("/deconnexion").headers["Location"]
        assert httpx.get(leave).headers["Location"] == f"{here}/"


def test_a_program_without_a_person_is_told_what_its_user_lacks_then_reads_what_they_may_see(
    product: Product, folder: Path
) -> None:
    def read() -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "read.py"], cwd=folder, env=product.environment, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip(), done.stderr

    printed, refused = read()
    assert printed == ""
    assert refused.startswith("403: Ce programme agit au nom d’un utilisateur qui n’a aucun droit")
    product.give_rights()
    assert read() == ("declarations 0", "")
