"""Form fields shared by several pages."""

from collections.abc import Callable
from typing import Any

from webui.forms import IdempotentForm, choices
from wtforms import RadioField
from wtforms.validators import ValidationError

__all__ = ["YES_NO", "BlankForm", "IdempotentForm", "YesNoField", "lines_of", "whole_number"]
YES_NO = {"yes": "Oui", "no": "Non"}


class BlankForm(IdempotentForm):
    """A form with a button and no field."""


class YesNoField(RadioField):  # type: ignore[misc]  # WTForms is untyped
    """Oui or Non; `answer` is True, False, or None when nothing was ticked: the service then reports it missing."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, choices=choices(YES_NO), validate_choice=False, **kwargs)

    def process_data(self, value: Any) -> None:
        """Sets the choice from a boolean."""
        self.data = value if value is None or isinstance(value, str) else ("yes" if value else "no")

    @property
    def answer(self) -> bool | None:
        """The boolean sent to the API."""
        return {"yes": True, "no": False}.get(self.data or "")


def lines_of(text: str | None) -> list[str]:
    """The non-empty lines of a text area."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def whole_number(message: str) -> Callable[[Any, Any], None]:
    """A validator: digits only, or nothing at all; blanks are not a number."""

    def check(_form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if field.data and not (text.isascii() and text.isdigit() and len(text) <= 7):
            raise ValidationError(message)

    return check
