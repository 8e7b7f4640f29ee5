"""Parsed requests; the contract has already checked their form."""

from marshmallow import EXCLUDE, Schema, fields


class MessageFilters(Schema):
    class Meta:
        # connexion passes the token too.
        unknown = EXCLUDE

    state = fields.String()
    channel = fields.String()
    template = fields.String()
    caf_code = fields.String()
    declaration_id = fields.UUID()
    landlord_id = fields.UUID()


class RejectedSchema(Schema):
    message_id = fields.UUID(required=True)
    reason = fields.String(required=True)


class ReceiptSchema(Schema):
    letters = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    rejected = fields.List(fields.Nested(RejectedSchema), load_default=list)
