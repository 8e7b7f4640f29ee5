"""Logins and provisional passwords, extracted from the messages that people receive."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from launcher.demo.failures import expect
from launcher.demo.mailbox import Message

# A login is two groups of four characters; a password, five.
_LOGIN = re.compile(r"(?<![\w-])[A-Z0-9]{4}-[A-Z0-9]{4}(?![\w-])")
_PASSWORD = re.compile(r"(?<![\w-])(?:[A-Z0-9]{4}-){4}[A-Z0-9]{4}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with; `caf_code` is an agent's Caf."""

    login: str
    password: str = field(repr=False)
    caf_code: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """The two messages, recognised by their content."""

    credentials: Credentials
    login_message: Message
    password_message: Message


def logins(message: Message) -> list[str]:
    return sorted(set(_LOGIN.findall(message.words)))


def passwords(message: Message) -> list[str]:
    return sorted(set(_PASSWORD.findall(message.words)))


def find(messages: Sequence[Message]) -> Received | None:
    """The newest login and the newest provisional password; None while one is missing.

    Raises StepFailed when one message holds both.
    """
    for message in messages:
        expect(not (logins(message) and passwords(message)), "un seul des deux par message", f"les deux : {message.id}")
    with_login = [message for message in messages if logins(message)]
    with_password = [message for message in messages if passwords(message)]
    if not with_login or not with_password:
        return None
    login, password = logins(with_login[-1])[0], passwords(with_password[-1])[0]
    return Received(Credentials(login, password), with_login[-1], with_password[-1])
