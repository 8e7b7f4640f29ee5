"""Letters requested by notification: opened, rendered, sealed for notification alone, and not kept."""

import base64
import hashlib
from uuid import UUID

from chassis import clock, sealing
from chassis.storage import Storage
from sqlalchemy.orm import Session

from documents import domain, publishes, render_pool
from documents.consumed_types import LetterRequested
from documents.models import Letter
from documents.rendering.letters import Letter as LetterToRender
from documents.rendering.pdf import Rendered
from documents.settings import Settings, settings_of

READER = "notification"


def letter_requested(session: Session, event: LetterRequested) -> None:
    """Once per message. Raises as `render_pool.make_letter`, SealBroken for a secret sealed for another service."""
    settings = settings_of(session)
    message_id = UUID(event.data["message_id"])
    if session.get(Letter, message_id) is not None:
        return
    rendered = render_pool.make_letter(settings, _to_render(event, settings), event.data["message_id"])
    letter = Letter(
        message_id=message_id,
        template=event.data["template"],
        storage_key=domain.letter_key(event.data["message_id"]),
        sha256=hashlib.sha256(rendered.pdf).hexdigest(),
        pages=rendered.pages,
        size=len(rendered.pdf),
        rendered_at=clock.now(),
    )
    Storage(settings.exchange_url).put(letter.storage_key, _sealed(settings, rendered))
    session.add(letter)
    session.flush()
    publishes.letter_rendered(session, letter)


def _to_render(event: LetterRequested, settings: Settings) -> LetterToRender:
    sealed, personal = event.data["sealed"], event.personal
    secret = sealing.open_sealed(settings, sealed) if sealed else {}
    return LetterToRender(
        template=event.data["template"],
        recipient=personal["recipient"],
        variables=personal["variables"],
        written_at=event.time,
        public_url=settings.public_url,
        secret=secret,
    )


def _sealed(settings: Settings, rendered: Rendered) -> bytes:
    """A letter may hold a password: only notification can read it on the shared storage."""
    pdf = base64.b64encode(rendered.pdf).decode()
    return sealing.seal_for(settings, READER, {"pdf": pdf}).encode()
