"""E-mails of the Compose stack, caught by Mailpit; letters come from the print folder."""

from collections.abc import Sequence
from typing import Any, Protocol

import httpx

from launcher.demo.failures import answered
from launcher.demo.mailbox.base import Message, addressed
from launcher.demo.web.site import SECONDS

PAGE = 500


class PrintRoom(Protocol):
    """Gives every letter that is ready to print."""

    def letters(self) -> list[Message]: ...


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
        total: int = self._get("/api/v1/messages", limit=1)["total"]
        return total

    def _listed(self) -> list[dict[str, Any]]:
        """Newest first, page after page."""
        entries: list[dict[str, Any]] = []
        while True:
            page = self._get("/api/v1/messages", limit=PAGE, start=len(entries))
            entries += page["messages"]
            if not page["messages"] or len(entries) >= page["total"]:
                return entries

    def _is_for(self, entry: dict[str, Any], address: str) -> bool:
        return any(recipient["Address"].lower() == address.lower() for recipient in entry["To"])

    def _message(self, entry: dict[str, Any]) -> Message:
        name = entry["ID"]
        if name not in self._read:
            whole = self._get(f"/api/v1/message/{name}")
            self._read[name] = Message(id=name, subject=whole["Subject"], text=whole["Text"])
        return self._read[name]

    def _get(self, path: str, **params: int) -> dict[str, Any]:
        found: dict[str, Any] = answered(httpx.get(self._url + path, params=params, timeout=SECONDS), 200).json()
        return found
