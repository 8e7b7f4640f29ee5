"""E-mails of the Compose stack, caught by Mailpit; letters come from the print folder."""

from collections.abc import Sequence
from typing import Any, Protocol, TypedDict

import httpx

from launcher.demo.failures import answered
from launcher.demo.mailbox.base import Message, addressed
from launcher.demo.web.site import SECONDS, tls

PAGE = 500


class PrintRoom(Protocol):
    """Gives every letter that is ready to print."""

    def letters(self) -> list[Message]: ...


class Recipient(TypedDict):
    Address: str


class Entry(TypedDict):
    """An e-mail in Mailpit's list (https://mailpit.axllent.org/docs/api-v1/)."""

    ID: str
    MessageID: str
    To: list[Recipient]


class Listing(TypedDict):
    total: int
    messages: list[Entry]


class Whole(TypedDict):
    Subject: str
    Text: str


class Mailpit:
    def __init__(self, url: str, print_room: PrintRoom) -> None:
        self._url = url
        self._print_room = print_room
        self._read: dict[str, Message] = {}

    def mails(self, address: str) -> list[Message]:
        """Two copies with one Message-ID count as one e-mail, as in every mail reader (RFC 5322 §3.6.4)."""
        found = [entry for entry in self._listed() if self._is_for(entry, address)]
        once = {entry["MessageID"]: self._message(entry) for entry in reversed(found)}
        return list(once.values())

    def letters(self, address: Sequence[str]) -> list[Message]:
        return addressed(self._print_room.letters(), address)

    def count(self) -> int:
        """How many e-mails there are in all."""
        return self._list(limit=1)["total"]

    def _listed(self) -> list[Entry]:
        """Newest first, page after page."""
        entries: list[Entry] = []
        while True:
            page = self._list(limit=PAGE, start=len(entries))
            entries += page["messages"]
            if not page["messages"] or len(entries) >= page["total"]:
                return entries

    def _is_for(self, entry: Entry, address: str) -> bool:
        return any(recipient["Address"].lower() == address.lower() for recipient in entry["To"])

    def _message(self, entry: Entry) -> Message:
        name = entry["ID"]
        if name not in self._read:
            whole: Whole = self._get(f"/api/v1/message/{name}")
            self._read[name] = Message(id=name, subject=whole["Subject"], text=whole["Text"])
        return self._read[name]

    def _list(self, **params: int) -> Listing:
        listing: Listing = self._get("/api/v1/messages", **params)
        return listing

    def _get(self, path: str, **params: int) -> Any:
        return answered(httpx.get(self._url + path, params=params, timeout=SECONDS, verify=tls()), 200).json()
