"""Request validation beyond the contract, and JSON form of single resources."""

from collections.abc import Mapping
from typing import Any

from chassis import email_address
from chassis.french.housing import HOUSING_TYPES
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from habilitation import api_types
from habilitation.access import Access
from habilitation.delegates import Designation
from habilitation.domain import CIVILITIES, ROLES, Scope


def _is_email(text: str) -> None:
    if refusal := email_address.refusal(text):
        raise ValidationError(f"{refusal} La règle\u00a0: {email_address.RULE}.")


class ScopeSchema(Schema):
    housing_type = fields.String(required=True, validate=validate.OneOf(HOUSING_TYPES))
    zone = fields.String(required=True)

    @post_load
    def make(self, data: Mapping[str, Any], **_kwargs: Any) -> Scope:
        return Scope(**data)


class NewGroupSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    label = fields.String(required=True)
    scopes = fields.List(fields.Nested(ScopeSchema), required=True)


class NewUserSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    civility = fields.String(required=True, validate=validate.OneOf(CIVILITIES))
    last_name = fields.String(required=True)
    first_name = fields.String(required=True)
    email = fields.String(required=True, validate=_is_email)
    function = fields.String(load_default=None)
    groups = fields.List(fields.UUID(), required=True)


class DesignationSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    all_groups = fields.Boolean(required=True)
    groups = fields.List(fields.UUID(), load_default=list)
    reason = fields.String(load_default=None)

    @post_load
    def make(self, data: Mapping[str, Any], **_kwargs: Any) -> Designation:
        return Designation(data["all_groups"], frozenset(data["groups"]), data["reason"])


def access_to_json(access: Access) -> api_types.Access:
    return {
        "account_id": str(access.account_id),
        "organisation_id": str(access.organisation_id),
        "organisation_name": access.organisation_name,
        "organisation_kind": access.organisation_kind,
        "role": access.role,
        "role_label": ROLES[access.role],
        "scopes": [{"housing_type": scope.housing_type, "zone": scope.zone} for scope in access.scopes],
        "version": access.version,
    }
