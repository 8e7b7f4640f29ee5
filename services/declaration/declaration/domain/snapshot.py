"""The content of a transmitted version: its canonical text, its hash, its reference."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypedDict

import rfc8785
from chassis import ids
from chassis.french import money

from declaration.domain import journey
from declaration.domain.declared import INFORMATION
from declaration.domain.draft import Draft, Information, Known, StoredDraft, StoredStep, to_json


class Correction(TypedDict):
    """Information of the Caf changed by the landlord, in French."""

    field: str
    label: str
    before: str
    after: str


class Confirmed(TypedDict):
    code: str
    message: str
    reason: str | None


class DeclaredPart(TypedDict):
    """The landlord's own part of a snapshot."""

    information: StoredStep
    situation: StoredStep
    rent: StoredStep
    confirmations: list[Confirmed]
    corrected: list[Correction]


CORRECTABLE = {name: field.corrected for name, field in INFORMATION.items() if field.corrected}


def canonical(content: Mapping[str, Any]) -> bytes:
    """The same content always gives the same bytes (RFC 8785)."""
    return rfc8785.dumps(dict(content))


def sha256(content: Mapping[str, Any]) -> str:
    """The hash, in hexadecimal, printed on the recap and shown by the public check."""
    return hashlib.sha256(canonical(content)).hexdigest()


def reference(year: int) -> str:
    """`R26-XXXX-XXXX-XXXX-XXXX`: 80 random bits, so that no recap's reference can be guessed from another."""
    return ids.random_reference(f"R{year % 100:02d}")


def corrected(information: Information, known: Known) -> list[Correction]:
    return [
        {"field": name, "label": label, "before": _shown(getattr(known, name)), "after": _shown(value)}
        for name, label in CORRECTABLE.items()
        if (value := getattr(information, name)) != getattr(known, name)
    ]


def draft(content: Mapping[str, Any]) -> StoredDraft:
    """The stored form of the draft behind a snapshot."""
    rent = {name: value for name, value in content["rent"].items() if name != "total"}
    confirmations = {each["code"]: each["reason"] or "" for each in content["confirmations"]}
    return {
        "information": content["information"],
        "situation": content["situation"],
        "rent": rent,
        "confirmations": confirmations,
    }


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def declared(draft: Draft, known: Known, year: int) -> DeclaredPart:
    """Raises ValueError for an incomplete draft."""
    if draft.information is None or draft.situation is None or draft.rent is None:
        raise ValueError("the draft is not complete")
    return {
        "information": to_json(draft.information),
        "situation": to_json(draft.situation),
        "rent": {**to_json(draft.rent), "total": money.to_json(draft.rent.total)},
        "confirmations": [
            {"code": each.code.value, "message": each.message, "reason": each.reason or None}
            for each in journey.confirmations(draft, known, year)
        ],
        "corrected": corrected(draft.information, known),
    }
