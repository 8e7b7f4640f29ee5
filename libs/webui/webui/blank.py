"""Cached blank pages: the same for everybody except their forms' token and mark."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from webui.kept_forms import mark_field

# Placeholders in the cached page, replaced for each browser.
_TOKEN, _MARK = "token-of-this-browser", "mark-of-this-account"


def form_token() -> str:
    """The CSRF token of this browser; its session keeps it from now on."""
    return str(generate_csrf())


def render_blank(template: str, context: Callable[[], Mapping[str, Any]]) -> str:
    """
    Renders `template` once per process with the context `context` returns; the token and the mark are set per request.

    Only for a page that depends on neither the request, the person nor the day. A pending `flash` message makes the
    page be rendered afresh.
    """
    if "_flashes" in session:
        return render_template(template, **context())
    drawn: dict[str, str] = current_app.extensions.setdefault("webui_blank", {})
    if template not in drawn:
        blanks = {"csrf_token": lambda: _TOKEN, "form_mark": lambda: Markup(_MARK)}  # noqa: S704 - a constant
        drawn[template] = render_template(template, **context(), **blanks)
    return drawn[template].replace(_TOKEN, form_token()).replace(_MARK, mark_field())
