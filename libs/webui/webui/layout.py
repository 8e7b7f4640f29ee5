"""The layout: an application sets names, links and the signed-in person once, every page shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chassis.french import formats
from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from webui import typography
from webui.assets import add_assets
from webui.errors import add_errors
from webui.headers import add_headers
from webui.i18n import add_babel
from webui.kept_forms import mark_field, notice


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation entry; `exact` marks it current on its own path only, not below it."""

    label: str
    href: str
    exact: bool = False

    def is_current(self, path: str) -> bool:
        """True when `path` is this page or a page under it."""
        return path == self.href or (not self.exact and path.startswith(self.href.rstrip("/") + "/"))


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in person: `detail` is the organisation or the Caf; sign-out is a POST to `sign_out_url`."""

    name: str
    sign_out_url: str
    detail: str = ""
    account_url: str = ""


FOOTER = (
    Link("Accessibilité : non conforme (audit non réalisé)".replace(" :", "\u00a0:"), "/accessibilite"),
    Link("Aide", "/aide/"),
    Link("Mentions légales et données personnelles", "/mentions"),
)


def nobody() -> None:
    """No one is signed in."""


def no_links() -> Sequence[Link]:
    """No navigation."""
    return ()


def add_templates(app: Flask, states: Mapping[str, tuple[str, str]]) -> None:
    """Templates: the application's, then webui's, then the govuk macros; an unknown name is an error."""
    own = app.jinja_loader
    shared = PackageLoader("webui")
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, shared, govuk] if own else [shared, govuk])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "fr": typography.fr,
        "euros": typography.euros,
        "short_date": formats.short_date,
        "long_date": typography.long_date,
        "instant": typography.instant,
        "user_number": typography.user_number,
        "number": typography.number,
        "count": typography.count,
        "state_tag": partial(typography.state_tag, states=states),
    }


def install(
    app: Flask,
    *,
    service_name: str,
    navigation: Callable[[], Sequence[Link]] = no_links,
    user: Callable[[], Person | None] = nobody,
    states: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """
    Gives `app` the layout, static files, headers, CSRF protection, error pages and French filters.

    `navigation` and `user` are called once per page. `states` is state code -> (French label, colour of the tag).
    Raises ValueError without a secret key or with Flask's own static folder, AssetsMissing before the build.
    """
    if not app.secret_key:
        raise ValueError("Set app.secret_key: it signs the forms' tokens")
    add_templates(app, states or {})
    add_babel(app)
    add_assets(app)
    add_headers(app)
    # A page stays valid as long as its session: no time limit the person does not know of (RGAA 13.1).
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    CSRFProtect(app)
    add_errors(app)

    def page_context() -> dict[str, object]:
        if g.get("webui_bare"):
            return {"service_name": service_name, "navigation": (), "person": None, "footer": FOOTER, "bare": True}
        links = [(link, link.is_current(request.path)) for link in navigation()]
        return {"service_name": service_name, "navigation": links, "person": user(), "footer": FOOTER, **notice()}

    app.context_processor(page_context)
    app.context_processor(lambda: {"form_mark": mark_field})


__all__ = ["Link", "Person", "install"]
