"""URLs with filters."""

from typing import Any

from flask import url_for


def address(endpoint: str, **values: Any) -> str:
    """`url_for` without empty values."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return url_for(endpoint, **given)
