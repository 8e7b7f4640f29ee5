"""The five services by name, imported only when asked for: an image holds one of them."""

from importlib import import_module  # noqa: TID251 - which service is known at run time only
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.runtime import Runtime
    from chassis.service import Service

NAMES = ("identity", "habilitation", "declaration", "notification", "documents")
PORTAL = "portal"
ALL = "all"
TARGETS = (ALL, *NAMES, PORTAL)
# How the supervising process tells the one that it starts what to be.
TARGET_KEY, ROLE_KEY = "BAILLEURS_TARGET", "BAILLEURS_ROLE"


class UnknownTarget(ValueError):
    """No part of the product has that name; the message lists those that exist."""


def names_of(target: str) -> tuple[str, ...]:
    """The services a target stands for: all five, one, or none for the portal. Raises UnknownTarget."""
    if target not in TARGETS:
        raise UnknownTarget(f"« {target} » n’existe pas. Choisissez parmi : {', '.join(TARGETS)}.")
    if target == ALL:
        return NAMES
    return () if target == PORTAL else (target,)


def load(name: str) -> "Service":
    service: Service = import_module(f"{name}.app").service
    return service


def runtime(name: str) -> "Runtime":
    """The service bound to the settings of this environment; raises SettingsError."""
    from chassis.runtime import Runtime  # brings the database layer, which starting a server does not need

    service = load(name)
    return Runtime(service, service.settings.load(service.name))
