"""Errors of a call to a service."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """The service answered with a problem (RFC 9457): `status` and the body, in French for people."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: str = "") -> None:
        super().__init__(f"{status} {problem.get('type', '')}")
        self.status = status
        self.problem = problem
        self.retry_after = retry_after

    @property
    def detail(self) -> str:
        """The sentence to show."""
        return str(self.problem.get("detail") or self.problem.get("title") or "")


class Unavailable(Exception):
    """The service did not answer in time, or its answer cannot be parsed."""
