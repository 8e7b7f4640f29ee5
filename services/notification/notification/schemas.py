"""What requests become once read; their form is already checked by the contract."""

from marshmallow import EXCLUDE, Schema, fields


class MessageFilters(Schema):
    class Meta:
        # connexion hands over the token too.
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
