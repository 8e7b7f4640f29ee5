"""Reads the cookie that makes this device known to an account, and sets it on the response."""

from flask import Response, g, request

from identity.domain.credentials import normalise_login
from identity.models import Account
from identity.settings import Settings
from identity.sign_in import devices


def shown(settings: Settings, login: str) -> str:
    """This browser's device cookie for the account; `login` as typed."""
    return request.cookies.get(devices.cookie_name(settings, normalise_login(login)), "")


def recognise(settings: Settings, account: Account) -> None:
    """Sets or renews the cookie after a completed sign-in."""
    cookie = devices.cookie_for(settings, account, shown(settings, account.login))
    if cookie is not None:
        keep(account.login, cookie)


def keep(login: str, cookie: str) -> None:
    g.device_cookie = (login, cookie)


def set_on(answer: Response, settings: Settings) -> Response:
    login, cookie = g.pop("device_cookie", ("", ""))
    if cookie:
        answer.set_cookie(
            devices.cookie_name(settings, login),
            cookie,
            max_age=devices.LIFETIME,
            secure=settings.is_https,
            httponly=True,
            samesite="Lax",
        )
    return answer
