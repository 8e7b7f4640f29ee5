"""The declared fields as the API lists them."""

from typing import TypedDict

from declaration.domain.declared import STEPS
from declaration.domain.fields import Choice


class ShownOption(TypedDict):
    value: str
    label: str
    words: str
    cell: str


class ShownField(TypedDict):
    step: str
    name: str
    kind: str
    label: str
    question: str
    hint: str
    rule: str
    example: str
    required: bool
    follows: str | None
    options: list[ShownOption]
    heading: str | None
    since: int


def shown() -> list[ShownField]:
    """In the order of the steps and of their forms."""
    return [
        {
            "step": step,
            "name": name,
            "kind": field.kind,
            "label": field.label,
            "question": field.question,
            "hint": field.hint,
            "rule": field.rule,
            "example": field.example,
            "required": field.required,
            "follows": field.follows.answer if field.follows else None,
            "options": _options(field) if isinstance(field, Choice) else [],
            "heading": field.cell.heading if field.cell else None,
            "since": field.since,
        }
        for step, table in STEPS.items()
        for name, field in table.items()
    ]


def _options(field: Choice) -> list[ShownOption]:
    return [
        {"value": value, "label": option.label, "words": option.words, "cell": option.cell}
        for value, option in field.options.items()
    ]
