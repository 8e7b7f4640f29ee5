"""On a copy that follows docs/adding-a-message.md: delivers the event of the page, prints what comes of it as JSON."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import documents
import notification
from chassis import events, keys
from chassis.events import Event
from chassis.runtime import Runtime
from documents.rendering.letters import Letter, render_letter
from notification import emails
from notification.app import service
from notification.domain.messages import Template
from notification.models import Message
from pypdf import PdfReader
from sqlalchemy import select

FACT = "declaration.deadline_passed.v1"
CAF = {"name": "Caf d’Ille-et-Vilaine", "telephone": "3230", "address": ["35000 RENNES"], "reference": "CG : B89"}


def told(landlord: int, email: str | None) -> Event:
    data = {
        "campaign_id": "01973f50-0000-7000-8000-000000000001",
        "landlord_id": f"01973f50-0000-7000-8000-00000000001{landlord}",
        "organisation_id": f"01973f50-0000-7000-8000-00000000002{landlord}",
        "caf_code": "359",
        "user_number": "35900007090001",
        "year": 2026,
        "deadline": "2026-11-15",
        "remaining": 3,
    }
    person = {"name": "SCI des Lilas", "email": email, "address": ["12 place des Lices", "35000 Rennes"], "caf": CAF}
    return Event(type=FACT, subject="x", source="declaration", data=data, personal=person)


def started(folder: Path) -> Runtime:
    """On an empty database, without the web application that tests of a service also start."""
    made = keys.generate()
    settings = service.settings(
        service=service.name,
        environment="test",
        database_url=f"sqlite:///{folder}/notification.sqlite3",
        event_key=made["BAILLEURS_EVENT_KEY"],
    )
    runtime = Runtime(service, settings)
    service.metadata.create_all(runtime.engine)
    return runtime


def letter_text(event: Event) -> str:
    rendered = render_letter(
        Letter(
            template=event.data["template"],
            recipient=event.personal["recipient"],
            variables=event.personal["variables"],
            written_at=event.time,
            public_url="https://bailleurs.example",
        )
    )
    pages = PdfReader(io.BytesIO(rendered.pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def main(folder: Path) -> dict[str, Any]:
    runtime = started(folder)
    with runtime.transaction() as session:
        for event in (told(1, "sci@example.org"), told(1, "sci@example.org"), told(2, None)):
            service.handler_of(FACT)(session, event)
    with runtime.read_only() as session:
        rows = session.scalars(select(Message).order_by(Message.channel)).all()
        [envelope] = session.scalars(select(service.metadata.tables["outbox"].c.envelope))
    content = emails.write(Template(rows[0].template), rows[0].variables["email"])
    return {
        "code": [str(Path(package.__file__ or "").parents[3]) for package in (notification, documents)],
        "messages": [[row.template, row.channel, row.state] for row in rows],
        "subject": content.subject,
        "text": content.text,
        "html": content.html,
        "letter": letter_text(events.from_envelope(envelope, runtime.settings)),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
