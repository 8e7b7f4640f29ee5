"""The forms of the steps: they hold what the person typed; the service validates it field by field."""

from collections.abc import Mapping
from typing import ClassVar

from webui.forms import FrenchDateField, PageForm, choices
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from portal.api_types.declaration.shared import DraftChangeInformation, DraftChangeRent, DraftChangeSituation
from portal.forms import IdempotentForm, YesNoField, lines_of, whole_number

SHARES = {
    "whole": "Le loyer entier du logement",
    "tenant_share": "La part de ce locataire seulement",
}


class StepForm(PageForm):
    """`etag` is the version the page was built from, so that someone else's later change is not overwritten."""

    etag = HiddenField()
    # JSON pointer of the service -> field.
    pointers: ClassVar[dict[str, str]] = {}
    step = ""

    def change(self) -> Mapping[str, object]:
        """The step's values for the service."""
        raise NotImplementedError


class InformationForm(StepForm):
    """Step 1: what the Caf knows about the dwelling and the lease."""

    step = "information"
    address = TextAreaField("Adresse du logement")
    commune_insee = StringField("Commune")
    furnished = YesNoField("Le logement est-il loué meublé\u00a0?")
    single_room = YesNoField("Le logement est-il une chambre\u00a0?")
    lease_start = FrenchDateField("Date d’entrée du locataire")
    confirmed = BooleanField("Je confirme que ces informations sont exactes")
    pointers: ClassVar[dict[str, str]] = {
        f"/information/{name}": name
        for name in ("address", "commune_insee", "furnished", "single_room", "lease_start", "confirmed")
    }

    def change(self) -> DraftChangeInformation:
        """The step `information`."""
        return {
            "address": lines_of(self.address.data),
            "commune_insee": (self.commune_insee.data or "").strip(),
            "furnished": self.furnished.answer,
            "single_room": self.single_room.answer,
            "lease_start": iso(self.lease_start),
            # An unticked box is an unanswered question, not a « no ».
            "confirmed": True if self.confirmed.data else None,
        }


class SituationForm(StepForm):
    """Step 2: the tenant's situation."""

    step = "situation"
    present = YesNoField("Ce locataire occupe-t-il toujours le logement\u00a0?")
    left_on = FrenchDateField("Date de départ")
    new_address = TextAreaField("Nouvelle adresse du locataire, si vous la connaissez")
    co_tenants = StringField(
        "Nombre de titulaires du bail",
        [whole_number("Saisissez un nombre entier, par exemple 2")],
    )
    rent_up_to_date = YesNoField("Le loyer est-il à jour\u00a0?")
    arrears_amount = StringField("Montant total de la dette")
    first_default_on = FrenchDateField("Date du premier impayé")
    pointers: ClassVar[dict[str, str]] = {
        f"/situation/{name}": name
        for name in (
            "present",
            "left_on",
            "new_address",
            "co_tenants",
            "rent_up_to_date",
            "arrears_amount",
            "first_default_on",
        )
    }

    def change(self) -> DraftChangeSituation:
        """The step `situation`."""
        co_tenants = (self.co_tenants.data or "").strip()
        return {
            "present": self.present.answer,
            "left_on": iso(self.left_on),
            "new_address": lines_of(self.new_address.data) or None,
            "co_tenants": int(co_tenants) if co_tenants.isdigit() else None,
            "rent_up_to_date": self.rent_up_to_date.answer,
            "arrears_amount": typed(self.arrears_amount),
            "first_default_on": iso(self.first_default_on),
        }


class RentForm(StepForm):
    """Step 3: July's rent."""

    step = "rent"
    rent = StringField("Loyer de juillet, hors charges")
    charges = StringField("Charges de juillet")
    share = RadioField("Ce montant est", choices=choices(SHARES), validate_choice=False)
    full_month = YesNoField("Ce loyer couvre-t-il tout le mois de juillet\u00a0?")
    furnished = YesNoField("Le logement est-il loué meublé\u00a0?")
    pointers: ClassVar[dict[str, str]] = {
        f"/rent/{name}": name for name in ("rent", "charges", "share", "full_month", "furnished")
    }

    def change(self) -> DraftChangeRent:
        """The step `rent`."""
        return {
            "rent": typed(self.rent),
            "charges": typed(self.charges),
            "share": self.share.data or None,
            "full_month": self.full_month.answer,
            "furnished": self.furnished.answer,
        }


class AmendmentForm(IdempotentForm):
    """Why a transmitted declaration is corrected."""

    reason = TextAreaField("Pourquoi rectifiez-vous cette déclaration\u00a0?")


def typed(field: StringField) -> str | None:
    """The text as typed, None when empty."""
    return (field.data or "").strip() or None


def iso(field: FrenchDateField) -> str | None:
    """`2026-07-15`, None when empty."""
    return field.data.isoformat() if field.data else None
