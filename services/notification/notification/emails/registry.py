"""`@email` turns a function that returns template variables into an e-mail."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

from jinja2 import UndefinedError

from notification.emails import rendering

P = ParamSpec("P")


@dataclass(frozen=True)
class Content:
    subject: str
    text: str
    html: str


class MissingVariableError(Exception):
    """A template uses a variable that was not given; the message names the variable, never a value."""


EMAILS: dict[str, Callable[..., Content]] = {}


def email(variables: Callable[P, rendering.Variables]) -> Callable[P, Content]:
    """The function's name is the folder's name. The e-mail raises MissingVariableError when called."""
    name = variables.__name__

    @wraps(variables)
    def render(*args: P.args, **kwargs: P.kwargs) -> Content:
        return _render(name, variables(*args, **kwargs))

    EMAILS[name] = render
    return render


def write(name: str, values: dict[str, Any]) -> Content:
    """The e-mail `name` from its row's parameters. Raises MissingVariableError, or KeyError for an unknown name."""
    render = EMAILS[name]
    try:
        signature(render).bind(**values)
    except TypeError as error:
        raise MissingVariableError(f"{name}: {error}") from error
    return render(**values)


def _render(name: str, variables: rendering.Variables) -> Content:
    try:
        return Content(
            subject=rendering.text(f"{name}/subject.txt", variables).strip(),
            text=rendering.text(f"{name}/body.txt", variables),
            html=rendering.html(name, variables),
        )
    except UndefinedError as error:
        raise MissingVariableError(f"{name}: {error.message}") from error
