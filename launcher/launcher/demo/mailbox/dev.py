"""The mailbox of the all-in-one mode, read from /dev/mailbox."""

from collections.abc import Sequence

import httpx

from launcher.demo.failures import answered
from launcher.demo.mailbox.base import Message, addressed
from launcher.demo.mailbox.letters import Read
from launcher.demo.web.site import SECONDS, tls


class DevMailbox:
    def __init__(self, url: str) -> None:
        self._url = url
        self._read = Read()

    def mails(self, address: str) -> list[Message]:
        found = self._get("/dev/mailbox.json").json()
        mails = [mail for mail in found if address in mail["to"]]
        return [Message(id=mail["id"], subject=mail["subject"], text=mail["text"]) for mail in reversed(mails)]

    def letters(self, address: Sequence[str]) -> list[Message]:
        for entry in reversed(self._get("/dev/letters.json").json()):
            if entry["id"] not in self._read:
                pdf = self._get(entry["pdf_url"]).content
                self._read.add(entry["id"], entry["batch"], pdf)
        return addressed(self._read.all, address)

    def _get(self, path: str) -> httpx.Response:
        return answered(httpx.get(self._url + path, timeout=SECONDS, verify=tls()), 200)
