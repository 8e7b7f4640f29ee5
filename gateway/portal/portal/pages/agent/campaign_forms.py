"""Forms of a campaign."""

import re
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from chassis.french.formats import short_date
from webui.forms import FrenchDateField
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.api_types.declaration.campaigns import ChangeCampaignDatesBody
from portal.forms import IdempotentForm, lines_of, whole_number
from portal.pages.declare.forms import iso

YEAR = "Saisissez une année, par exemple 2026"
DEADLINE = "Saisissez la date limite, par exemple 15 11 2026"
CUT_OFF = "Saisissez le dernier jour, par exemple 15 1 2027"
REASON = "Saisissez le motif, par exemple\u00a0: envoi du courrier retardé"
DAY = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4})\Z")
BETWEEN_DAYS = re.compile(r"[\n;,]")


class DaysField(TextAreaField):  # type: ignore[misc]  # WTForms is untyped
    """Dates, one per line, parsed to a sorted list."""

    sentence = "Saisissez une date par ligne, par exemple 15/10/2026"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError, in French, for a line that is not a date."""
        typed = [piece.strip() for text in valuelist for piece in BETWEEN_DAYS.split(text)]
        self.data = sorted({self.read(piece) for piece in typed if piece})

    def read(self, text: str) -> date:
        """Parses day, month and year, in the French order."""
        found = DAY.match(text)
        if found is None:
            raise ValueError(self.sentence)
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day)
        except ValueError:
            raise ValueError(self.sentence) from None

    def _value(self) -> str:
        """The text as typed when it was invalid, else the dates."""
        if (self.errors or self.process_errors) and self.raw_data:
            return "\n".join(map(str, self.raw_data))
        return "\n".join(short_date(day) for day in self.data or [])


class CampaignForm(IdempotentForm):
    """A campaign to prepare. The contact is printed on letters and receipts (CRPA L. 112-11)."""

    year = StringField("Année du loyer de juillet", [InputRequired(YEAR), whole_number(YEAR)])
    caf_code = StringField("Code de la Caf")
    opens_on = FrenchDateField("Date d’ouverture")
    deadline = FrenchDateField("Date limite de déclaration", [InputRequired(DEADLINE)])
    cut_off = FrenchDateField("Dernier jour pour les déclarations tardives", [InputRequired(CUT_OFF)])
    reminders = DaysField("Jours de rappel")
    contact_name = StringField("Nom du service")
    contact_telephone = StringField("Téléphone")
    contact_address = TextAreaField("Adresse")
    contact_reference = StringField("Référence de la Caf")
    pointers: ClassVar[dict[str, str]] = {
        **{f"/{name}": name for name in ("year", "caf_code", "opens_on", "deadline", "cut_off", "reminders")},
        **{f"/contact/{name}": f"contact_{name}" for name in ("name", "telephone", "address", "reference")},
        "/contact": "contact_name",
    }

    def as_campaign(self) -> dict[str, object]:
        """The body for the service; empty fields are omitted."""
        days = {name: self[name].data for name in ("opens_on", "deadline", "cut_off")}
        year = (self.year.data or "").strip()
        given: dict[str, object] = {
            "year": int(year) if year.isdigit() else None,
            "caf_code": (self.caf_code.data or "").strip(),
            **{name: day.isoformat() for name, day in days.items() if day},
            "reminders": [day.isoformat() for day in self.reminders.data or []],
            "contact": self.contact(),
        }
        return {name: value for name, value in given.items() if value not in (None, "", {}, [])}

    def contact(self) -> dict[str, object]:
        """Empty when no contact field was filled in."""
        typed = {
            "name": (self.contact_name.data or "").strip(),
            "telephone": (self.contact_telephone.data or "").strip(),
            "address": lines_of(self.contact_address.data),
            "reference": (self.contact_reference.data or "").strip(),
        }
        return typed if any(typed.values()) else {}


class DatesForm(IdempotentForm):
    """The dates of a campaign that can still change; `confirmed` is set by the second page."""

    deadline = FrenchDateField("Date limite de déclaration", [InputRequired(DEADLINE)])
    cut_off = FrenchDateField("Dernier jour pour les déclarations tardives", [InputRequired(CUT_OFF)])
    reminders = DaysField("Jours de rappel")
    reason = StringField("Motif", [InputRequired(REASON)])
    confirmed = HiddenField()
    pointers: ClassVar[dict[str, str]] = {f"/{name}": name for name in ("deadline", "cut_off", "reminders", "reason")}

    def as_change(self) -> ChangeCampaignDatesBody:
        """The body for the service; both dates are given, or the form is not valid."""
        return {
            "deadline": iso(self.deadline) or "",
            "cut_off": iso(self.cut_off) or "",
            "reminders": [day.isoformat() for day in self.reminders.data or []],
            "reason": (self.reason.data or "").strip(),
        }
