"""The five services by name, imported on demand: a single service's image contains only one."""

from importlib import import_module  # noqa: TID251 - which service is known at run time only
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.runtime import Runtime, Service

NAMES = ("identity", "habilitation", "declaration", "notification", "documents")
PORTAL = "portal"
ALL = "all"
TARGETS = (ALL, *NAMES, PORTAL)
# How the supervising process passes the target to the process that it starts.
TARGET_KEY, ROLE_KEY = "BAILLEURS_TARGET", "BAILLEURS_ROLE"


class UnknownTarget(ValueError):
    """No target has that name; the message lists the existing ones."""


def names_of(target: str) -> tuple[str, ...]:
    """The services of a target: all five, one, or none for the portal. Raises UnknownTarget."""
    if target not in TARGETS:
        raise UnknownTarget(f"« {target} » n’existe pas. Choisissez parmi : {', '.join(TARGETS)}.")
    if target == ALL:
        return NAMES
    return () if target == PORTAL else (target,)


def load(name: str) -> "Service":
    service: Service = import_module(f"{name}.app").service
    return service


def runtime(name: str) -> "Runtime":
    """The service bound to this environment's settings; raises SettingsError."""
    from chassis.runtime import Runtime  # brings the database layer, which starting a server does not need

    service = load(name)
    return Runtime(service, service.settings.load(service.name))
