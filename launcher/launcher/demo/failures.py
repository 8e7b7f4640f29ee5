"""Failures of a step: what was expected and what happened."""

from typing import Any

import httpx


class StepFailed(Exception):
    """Both sentences are shown to a person; neither may contain a password."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"attendu : {expected} ; obtenu : {got}")
        self.expected = expected
        self.got = got


def expect(condition: object, expected: str, got: object) -> None:
    """Raises StepFailed unless the condition holds."""
    if not condition:
        raise StepFailed(expected, str(got))


def equal(what: str, expected: object, got: object) -> None:
    """Raises StepFailed when the two differ."""
    expect(expected == got, f"{what} : {expected}", got)


def answered(response: httpx.Response, status: int) -> httpx.Response:
    """The response itself. Raises StepFailed with the problem it describes when its status differs."""
    asked = f"{response.request.method} {response.request.url.path}"
    expect(response.status_code == status, f"{asked} répond {status}", f"{response.status_code} {_explained(response)}")
    return response


def _explained(response: httpx.Response) -> str:
    media_type = str(response.headers.get("content-type", "sans contenu"))
    if "json" not in media_type:
        return media_type
    problem: Any = response.json()
    if not isinstance(problem, dict):
        return "une réponse JSON d’une autre forme"
    errors = [f"{error.get('pointer')} {error.get('detail', '')}" for error in problem.get("errors", [])]
    said = [str(problem.get("title", "")), str(problem.get("detail", "")), *errors]
    return " ; ".join(dict.fromkeys(words for words in said if words))
