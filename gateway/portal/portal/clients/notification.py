"""Messages sent and print batches, for agents."""

from typing import Any

from portal.api_types.notification import (
    Landlord,
    LetterBatch,
    ListLandlordsToCorrectAnswer,
    ListLetterBatchesAnswer,
    ListMessagesAnswer,
)
from portal.clients.documents import Content
from portal.clients.http import Service


class NotificationClient(Service):
    """The notification service; shapes are those of its openapi.yaml."""

    name = "notification"

    def list_messages(self, **filters: Any) -> ListMessagesAnswer:
        """The state of each message, never its content."""
        return self._get(ListMessagesAnswer, "messages", **filters)

    def landlords_to_correct(self, cursor: str = "") -> ListLandlordsToCorrectAnswer:
        """Landlords whose address cannot be printed on a letter."""
        return self._get(ListLandlordsToCorrectAnswer, "landlords", "address-problems", cursor=cursor)

    def landlord(self, landlord: str) -> Landlord:
        """A landlord's addresses for e-mails and letters."""
        return self._get(Landlord, "landlords", landlord)

    def list_batches(self, cursor: str = "") -> ListLetterBatchesAnswer:
        """Print batches for the print provider, newest first."""
        return self._get(ListLetterBatchesAnswer, "letter-batches", cursor=cursor)

    def batch_content(self, batch: str) -> Content:
        """The ZIP of a batch."""
        answer = self._call("GET", "letter-batches", batch, "content")
        return Content(answer.content, answer.headers.get("Content-Type", "application/zip"))

    def acknowledge(self, batch: str, letters: int, pages: int, key: str) -> LetterBatch:
        """Records the printer's receipt; Refused 422 when its totals do not match the batch."""
        return self._post(
            LetterBatch, "letter-batches", batch, "receipt", body={"letters": letters, "pages": pages}, key=key
        )
