"""State passed between the steps of a journey."""

from dataclasses import dataclass, field
from pathlib import Path

from launcher.demo.credentials import Credentials
from launcher.demo.journey.second_factor import Application
from launcher.demo.mailbox import Mailbox, Message
from launcher.demo.registry import Landlord, Registry
from launcher.demo.web.api import Api, Json
from launcher.demo.web.site import Site


@dataclass
class Person:
    """Someone who signs in. `landlord` is whom they declare for; fields without a value are set by a step."""

    label: str
    landlord: Landlord
    civility: str
    last_name: str
    first_name: str
    email: str
    own_password: str = field(repr=False)
    credentials: Credentials = field(init=False)
    api: Api = field(init=False)
    declaration: Json = field(init=False)
    etag: str = field(init=False)
    transmission: Json = field(init=False)

    @property
    def by_email(self) -> bool:
        """Whether the Caf has an e-mail address, so that messages are e-mails."""
        return bool(self.landlord.email)

    def received(self, mailbox: Mailbox) -> list[Message]:
        """All messages sent to the landlord before they had an account."""
        if self.by_email:
            return mailbox.mails(self.landlord.email)
        return mailbox.letters(self.landlord.address)


@dataclass
class Journey:
    """`agent`: provisional credentials; `agent_own`: those chosen since; the registry belongs to this run only."""

    site: Site
    mailbox: Mailbox
    agent: Credentials
    registry: Registry
    people: list[Person]
    output: Path
    agent_api: Api = field(init=False)
    agent_own: Credentials = field(init=False)
    # Once set, sign-in asks for a code after the password.
    agent_application: Application | None = field(init=False, default=None)

    @property
    def year(self) -> int:
        return self.registry.year
