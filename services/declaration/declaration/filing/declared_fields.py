"""The declared fields as the API lists them."""

from declaration.api_types.declarations import DeclaredField, DeclaredFieldOption
from declaration.domain.declared import STEPS
from declaration.domain.fields import Choice


def shown() -> list[DeclaredField]:
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


def _options(field: Choice) -> list[DeclaredFieldOption]:
    return [
        {"value": value, "label": option.label, "words": option.words, "cell": option.cell}
        for value, option in field.options.items()
    ]
