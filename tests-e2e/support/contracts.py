"""The published operations, with made-up values for what their addresses hold."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from support.product import ROOT
from support.stack import SERVICES

METHODS = ("get", "put", "post", "delete", "patch")
VALUES = {"year": "2026", "reference": "R26-0000-0000-0000-0000"}


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` is complete, from the front door."""

    service: str
    method: str
    path: str
    public: bool

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


def operations() -> Iterator[Operation]:
    """Every operation of the five services."""
    for service in SERVICES:
        spec = yaml.load((ROOT / "services" / service / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        for path, item in spec["paths"].items():
            for method in METHODS:
                if method in item:
                    public = not item[method].get("security", spec.get("security", []))
                    yield Operation(service, method.upper(), f"/api/{service}/v1{_filled(path)}", public)


def _filled(path: str) -> str:
    parts = path.split("/")
    return "/".join(VALUES.get(one[1:-1], str(uuid.UUID(int=7))) if one.startswith("{") else one for one in parts)
