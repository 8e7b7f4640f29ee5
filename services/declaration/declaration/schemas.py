"""Request checks beyond the OpenAPI contract."""

from datetime import date
from typing import TypedDict

from marshmallow import EXCLUDE, Schema, fields

from declaration.api_types.campaigns import Contact


class AskedCampaign(TypedDict):
    """What `NewCampaignSchema` reads."""

    year: int
    opens_on: date | None
    deadline: date
    cut_off: date
    reminders: list[date] | None
    caf_code: str | None
    contact: Contact | None


class AskedDates(TypedDict):
    """What `CampaignDatesSchema` reads."""

    deadline: date
    cut_off: date
    reminders: list[date]
    reason: str


class NewCampaignSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    year = fields.Integer(required=True)
    opens_on = fields.Date(load_default=None)
    deadline = fields.Date(required=True)
    cut_off = fields.Date(required=True)
    reminders = fields.List(fields.Date(), load_default=None)
    caf_code = fields.String(load_default=None)
    contact = fields.Dict(load_default=None)


class CampaignDatesSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    deadline = fields.Date(required=True)
    cut_off = fields.Date(required=True)
    reminders = fields.List(fields.Date(), required=True)
    reason = fields.String(required=True)
