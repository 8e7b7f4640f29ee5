"""The product under test, as it answers at its address."""

import itertools
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx
from launcher.demo import command
from launcher.demo.credentials import Credentials
from launcher.demo.mailbox import ComposePrintRoom, DevMailbox, Mailbox, Mailpit

from support.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "e2e"


_RANKS = itertools.count()


class NothingAnswers(Exception):
    """No product at the address; the message says what to start."""


@dataclass(frozen=True)
class Product:
    """`project` is Compose's name of the stack; `folder` is where an all-in-one product was started."""

    url: str
    mail_url: str
    project: str
    folder: Path

    @cached_property
    def in_compose(self) -> bool:
        """Raises NothingAnswers when there is no product at the address."""
        try:
            return httpx.get(f"{self.url}/dev/mailbox.json", timeout=20).status_code != 200
        except httpx.TransportError as error:
            raise NothingAnswers(f"{self.url}: {error}. Run `make up` first, or give --url.") from None

    def mailbox(self) -> Mailbox:
        return self.mailpit() if self.in_compose else DevMailbox(self.url)

    def mailpit(self) -> Mailpit:
        return Mailpit(self.mail_url, ComposePrintRoom(self.project))

    def new_agent(self, caf_code: str = "", *, supervisor: bool = False) -> Credentials:
        """Of a Caf that has no landlord yet."""
        project, code = self.project if self.in_compose else "", caf_code or self._spare_caf()
        return command.make_agent(code, compose_project=project, folder=self.folder, supervisor=supervisor)

    def _spare_caf(self) -> str:
        """A code that this run has not asked for and that no earlier run on the same stack has filled."""
        codes = (command.spare_caf_code(next(_RANKS)) for _ in itertools.count())
        return next(code for code in codes if not self.in_compose or self._is_empty(code))

    def _is_empty(self, caf_code: str) -> bool:
        landlords = "SELECT count(*) FROM landlord WHERE caf_code = :'caf'"
        return Stack(self.project).number("declaration", landlords, caf=caf_code) == 0
