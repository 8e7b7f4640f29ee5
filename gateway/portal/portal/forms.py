"""Fields that several pages share."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from webui.forms import PageForm, choices
from webui.sent_forms import sending_key
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

KEY_USED = (
    "Un premier envoi de cette page est déjà enregistré, avec d’autres informations. Vérifiez s’il vous convient\u00a0:"
    " sinon, validez de nouveau pour enregistrer aussi celui-ci"
)
YES_NO = {"yes": "Oui", "no": "Non"}


class OnceForm(PageForm):
    """A form whose sending twice (a second click, the browser's « back ») acts once: see `webui.sent_forms`."""

    key = HiddenField(default=lambda: str(uuid.uuid4()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_submitted():
            self.key.data = sending_key(self.key.data)

    def fail_from(self, problem: Mapping[str, Any], fields: Mapping[str, str]) -> None:
        """A key that served for other content, when the first answer was lost: said, and the next one is new."""
        if any(error.get("code") == "reused" for error in problem.get("errors") or ()):
            self.key.data = str(uuid.uuid4())
            self.fail(KEY_USED)
            return
        super().fail_from(problem, fields)


class BlankForm(OnceForm):
    """A button and nothing to fill."""


class YesNoField(RadioField):  # type: ignore[misc]  # WTForms is untyped
    """Oui or Non; `answer` is True, False, or None when nothing was ticked: the service then says what is missing."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, choices=choices(YES_NO), validate_choice=False, **kwargs)

    def process_data(self, value: Any) -> None:
        """Takes a boolean."""
        self.data = value if value is None or isinstance(value, str) else ("yes" if value else "no")

    @property
    def answer(self) -> bool | None:
        """The boolean of the API."""
        return {"yes": True, "no": False}.get(self.data or "")


def lines_of(text: str | None) -> list[str]:
    """The filled lines of a text area."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def whole_number(message: str) -> Callable[[Any, Any], None]:
    """A validator: digits only, or nothing."""

    def check(_form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 7):
            raise ValidationError(message)

    return check
