"""Pages on which nobody has typed anything yet: the same for everybody but for their forms' token and mark."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from webui.kept_forms import mark_field

# What stands in the page that is kept, where each browser gets its own.
_TOKEN, _MARK = "token-of-this-browser", "mark-of-this-account"


def form_token() -> str:
    """What proves that a form comes from a page of this browser; its session keeps it from now on."""
    return str(generate_csrf())


def render_blank(template: str, context: Callable[[], Mapping[str, Any]]) -> str:
    """
    `template` drawn once a process with what `context` gives then, and each time the token and the mark of whoever
    asks for it.

    Only for a page that shows nothing of the request, of the person or of the day. A message left for the person
    (`flash`) has the page drawn anew.
    """
    if "_flashes" in session:
        return render_template(template, **context())
    drawn: dict[str, str] = current_app.extensions.setdefault("webui_blank", {})
    if template not in drawn:
        blanks = {"csrf_token": lambda: _TOKEN, "form_mark": lambda: Markup(_MARK)}  # noqa: S704 - a constant
        drawn[template] = render_template(template, **context(), **blanks)
    return drawn[template].replace(_TOKEN, form_token()).replace(_MARK, mark_field())
