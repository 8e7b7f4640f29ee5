"""Letters, read from the ZIP of a print batch or from single PDFs, each only once."""

import io
from zipfile import ZipFile

from pypdf import PdfReader

from launcher.demo.mailbox.base import Message


def read_pdf(content: bytes) -> str:
    """The text of every page."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


class Read:
    """The letters read so far, by name."""

    def __init__(self) -> None:
        self._letters: dict[str, Message] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._letters

    def add(self, name: str, batch: str, pdf: bytes) -> None:
        if name not in self._letters:
            self._letters[name] = Message(id=name, batch=batch, text=read_pdf(pdf))

    def add_batch(self, batch: str, content: bytes) -> None:
        """Every PDF of a batch's ZIP."""
        with ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.endswith(".pdf") and name not in self:
                    self.add(name, batch, archive.read(name))

    @property
    def all(self) -> list[Message]:
        return list(self._letters.values())
