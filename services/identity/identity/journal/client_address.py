"""Network address and browser name of a request."""

from dataclasses import dataclass

from flask import Request, has_request_context, request

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


@dataclass(frozen=True)
class Origin:
    """Origin of a request. `browser`: name shown to the account's holder, empty outside a request; `device`: the
    cookie by which the account may know the device."""

    address: str
    browser: str = ""
    device: str = ""


def current_origin() -> Origin | None:
    """Origin of the current request; None in a worker or a command."""
    return Origin(client_address(request), browser_name(request)) if has_request_context() else None


def client_address(request: Request) -> str:
    """The address seen by our outermost proxy (`chassis.http.behind_proxies`)."""
    return request.remote_addr or ""


def browser_name(request: Request) -> str:
    """``Firefox sur Windows``: enough to recognise one's own session; never the whole header."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Navigateur inconnu")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "Linux" if "Linux" in agent else "")
    return f"{browser} sur {system}" if system else browser
