"""Request checks beyond the OpenAPI contract."""

from marshmallow import EXCLUDE, Schema, fields


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
