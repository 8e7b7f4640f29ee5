"""E-mails and letters that the all-in-one mode caught instead of sending, shown for people who try it.

Mounted only in the all-in-one mode, never in production.
"""

import email
import email.policy
import io
import secrets
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, cast

from chassis.runtime import Runtime
from chassis.storage import Storage
from flask import Flask, Response, abort, jsonify, render_template
from webui import Link, install

if TYPE_CHECKING:
    from notification.settings import Settings

NAVIGATION = [Link("Accueil", "/"), Link("Courriels et courriers", "/dev/mailbox")]


def create(runtimes: Sequence[Runtime]) -> Flask:
    notification = next(one for one in runtimes if one.name == "notification")
    app = Flask(__name__, static_folder=None, template_folder="templates")
    # This page has no form, but the layout requires a secret key.
    app.secret_key = secrets.token_hex(32)
    install(app, service_name="Courriels et courriers de démonstration", navigation=lambda: NAVIGATION)
    mails, letters = mails_of(notification), Letters(_settings(notification).print_url)

    @app.get("/dev/mailbox")
    def mailbox() -> str:
        return render_template("mailbox.html", mails=mails.all(), letters=letters.all())

    @app.get("/dev/mailbox/<name>")
    def mail(name: str) -> str:
        return render_template("mail.html", mail=mails.get(name) or abort(404))

    @app.get("/dev/letters/<path:key>")
    def letter(key: str) -> Response:
        content = letters.pdf(key) or abort(404)
        return Response(content, mimetype="application/pdf", headers={"Cache-Control": "no-store"})

    @app.get("/dev/mailbox.json")
    def mailbox_json() -> Response:
        return jsonify(mails.all())

    @app.get("/dev/letters.json")
    def letters_json() -> Response:
        return jsonify(letters.all())

    return app


def mails_of(notification: Runtime) -> "Mails":
    return Mails(Path(_settings(notification).mailbox_dir))


def _settings(notification: Runtime) -> "Settings":
    return cast("Settings", notification.settings)


class Mails:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def all(self) -> list[dict[str, str]]:
        """All e-mails, newest first."""
        files = sorted(self._directory.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [_shown(file) for file in files]

    def get(self, name: str) -> dict[str, str] | None:
        return next((mail for mail in self.all() if mail["id"] == name), None)


def _shown(file: Path) -> dict[str, str]:
    message: EmailMessage = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    return {
        "id": file.stem,
        "to": str(message["To"]),
        "subject": str(message["Subject"]),
        "at": str(message["Date"]),
        "text": str(text.get_content()) if text else "",
        "html": str(html.get_content()) if html else "",
    }


class Letters:
    """The PDFs in the batches that the print provider would fetch."""

    def __init__(self, print_url: str) -> None:
        self._root = Path(print_url.removeprefix("file://"))
        self._storage = Storage(print_url)

    def all(self) -> list[dict[str, str]]:
        """All letters, newest batch first."""
        batches = sorted(self._root.glob("*/*.zip"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [entry for batch in batches for entry in self._entries(batch)]

    def _entries(self, batch: Path) -> list[dict[str, str]]:
        key = batch.relative_to(self._root).as_posix()
        names = zipfile.ZipFile(batch).namelist()
        return [
            {"id": Path(name).stem, "batch": key, "pdf_url": f"/dev/letters/{key}/{name}"}
            for name in names
            if name.endswith(".pdf")
        ]

    def pdf(self, key: str) -> bytes | None:
        batch, _, name = key.partition(".zip/")
        try:
            if not self._storage.exists(f"{batch}.zip"):
                return None
        except ValueError:
            # Not a path inside the storage: `..`, or a NUL.
            return None
        with zipfile.ZipFile(io.BytesIO(self._storage.get(f"{batch}.zip"))) as archive:
            return archive.read(name) if name in archive.namelist() else None
