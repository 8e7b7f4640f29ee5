"""What a row of the table of messages holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from notification.domain.variables import Values, Variables, pick


class Series(StrEnum):
    """What a print batch holds; a batch has one series, so passwords are only printed with other people's passwords."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"


SERIES_LABELS = {Series.ORDINARY: "Courriers ordinaires", Series.CONFIDENTIAL: "Mots de passe provisoires"}

# Ranks: a person waiting at the screen for a password must not queue behind the 13,000 July messages of a Caf.
WAITED_FOR, EXPECTED, ORDINARY = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Letter:
    """`title`: of the PDF, with the letter's variables in braces."""

    title: str
    variables: Variables
    series: Series = Series.ORDINARY


@dataclass(frozen=True)
class Forms:
    """The variables of both forms of one message, as its row stores them."""

    email: dict[str, object] = field(default_factory=dict)
    letter: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`label`: for agents. `subject`: Jinja, of the e-mail. `letter`: None for what is never printed. `rank`: a lower
    one is sent first. `sealed`: the name of the secret it shows. `repeat_after`: how soon the same may reach the same
    landlord again. `variables`: of both forms; `email_variables`: of the e-mail alone."""

    label: str
    subject: str
    rank: int
    email_variables: Variables
    letter: Letter | None = None
    variables: Variables = field(default_factory=dict)
    sealed: str | None = None
    repeat_after: timedelta | None = None

    @property
    def in_email(self) -> Variables:
        return {**self.variables, **self.email_variables}

    @property
    def in_letter(self) -> Variables:
        return {**self.variables, **self.letter.variables} if self.letter else {}

    @property
    def printed(self) -> bool:
        return self.letter is not None

    def forms(self, values: Values) -> Forms:
        """What each form takes of `values`. Raises VariableError."""
        letter = pick(self.in_letter, values)
        return Forms(pick(self.in_email, values), {name: one for name, one in letter.items() if one is not None})

    def letter_title(self, values: Mapping[str, object]) -> str:
        """Of the PDF, for the variables of its letter; empty when there is no letter."""
        return self.letter.title.format_map(values) if self.letter else ""

    def too_soon(self, last_at: datetime | None, now: datetime) -> bool:
        """Whether the same was sent to this landlord less than its window before `now`."""
        return self.repeat_after is not None and last_at is not None and now - last_at < self.repeat_after
