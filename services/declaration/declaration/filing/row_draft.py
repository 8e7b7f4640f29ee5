"""The draft that a row stores."""

from declaration.domain import journey
from declaration.domain.draft import Draft
from declaration.models import PaperReturn, RentDeclaration


class RowDraft:
    """Parsed once, until the row stores another."""

    def __init__(self, row: RentDeclaration | PaperReturn) -> None:
        self._row = row
        self._parsed_from: object = None
        self._draft = Draft()

    @property
    def draft(self) -> Draft:
        if self._row.draft is not self._parsed_from:
            self._parsed_from, self._draft = self._row.draft, journey.load(self._row.draft)
        return self._draft

    @draft.setter
    def draft(self, draft: Draft) -> None:
        self._row.draft = journey.dump(draft)
        self._parsed_from, self._draft = self._row.draft, draft
