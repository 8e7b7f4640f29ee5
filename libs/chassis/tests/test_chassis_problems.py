"""One error format: RFC 9457, stable types, pointers; never a rejected value."""

from typing import Any

import pytest
from chassis import problems
from chassis.problems import FieldError, Problem

ALL: list[tuple[Problem, int, str]] = [
    (problems.BadRequest(), 400, "bad-request"),
    (problems.Unauthorized(), 401, "unauthorized"),
    (problems.Forbidden(), 403, "forbidden"),
    (problems.AccountClosed(), 403, "account-closed"),
    (problems.RightsMissing(), 403, "rights-missing"),
    (problems.NotFound(), 404, "not-found"),
    (problems.MethodNotAllowed(), 405, "method-not-allowed"),
    (problems.Conflict(), 409, "conflict"),
    (problems.Gone(), 410, "gone"),
    (problems.PreconditionFailed(), 412, "precondition-failed"),
    (problems.TooLarge(), 413, "too-large"),
    (problems.UnsupportedMediaType(), 415, "unsupported-media-type"),
    (problems.Invalid([]), 422, "invalid"),
    (problems.PreconditionRequired(), 428, "precondition-required"),
    (problems.TooManyRequests(30), 429, "too-many-requests"),
    (Problem(), 500, "internal-error"),
    (problems.Unavailable(), 503, "unavailable"),
]


@pytest.mark.parametrize(("problem", "status", "code"), ALL, ids=[code for _, _, code in ALL])
def test_each_refusal_has_its_status_and_a_type_that_never_changes(problem: Problem, status: int, code: str) -> None:
    body = problem.to_json()
    assert body["status"] == status
    assert body["type"] == f"urn:bailleurs:problem:{code}"


@pytest.mark.parametrize("problem", [one for one, _, _ in ALL], ids=[code for _, _, code in ALL])
def test_each_refusal_says_a_french_sentence_with_typographic_apostrophes(problem: Problem) -> None:
    body = problem.to_json()
    assert body["title"].endswith((".", " !"))
    assert "'" not in body["title"]
    assert body["detail"] == body["title"]


def test_every_problem_of_the_module_is_in_the_table_above() -> None:
    defined = {one for one in vars(problems).values() if isinstance(one, type) and issubclass(one, Problem)}
    assert defined == {type(problem) for problem, _, _ in ALL}


def test_the_detail_is_what_the_rule_said() -> None:
    assert problems.Conflict("Déjà transmise.").to_json()["detail"] == "Déjà transmise."


def test_extensions_travel_in_the_body() -> None:
    assert problems.BadRequest(maximum=3).to_json()["maximum"] == 3


def test_an_error_of_a_field_shows_only_what_is_known() -> None:
    error = FieldError(pointer="/rent", code="amount", detail="Montant illisible.", example="512,30")
    assert error.to_json() == {
        "pointer": "/rent",
        "code": "amount",
        "detail": "Montant illisible.",
        "example": "512,30",
    }


def test_an_error_about_the_whole_body_keeps_its_empty_pointer() -> None:
    assert FieldError(pointer="", code="type", detail="Un objet est attendu.").to_json()["pointer"] == ""


def test_all_errors_are_shown_in_the_order_given() -> None:
    errors = [FieldError(pointer=f"/{name}", code="x", detail="y") for name in "bca"]
    assert [error["pointer"] for error in problems.Invalid(errors).to_json()["errors"]] == ["/b", "/c", "/a"]


@pytest.mark.parametrize(
    ("problem", "name", "value"),
    [
        (problems.Unauthorized(), "WWW-Authenticate", 'Bearer realm="bailleurs"'),
        (problems.TooManyRequests(30), "Retry-After", "30"),
        (problems.Unavailable(), "Retry-After", "5"),
    ],
)
def test_headers_say_how_to_go_on(problem: Problem, name: str, value: str) -> None:
    assert problem.headers[name] == value


def test_what_a_log_would_print_of_a_refusal_is_its_code_alone() -> None:
    assert str(problems.Conflict("Mme Le Goff a déjà transmis.")) == "conflict"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, problems.BadRequest),
        (401, problems.Unauthorized),
        (403, problems.Forbidden),
        (404, problems.NotFound),
        (405, problems.MethodNotAllowed),
        (413, problems.TooLarge),
        (415, problems.UnsupportedMediaType),
        (418, problems.BadRequest),
        (500, Problem),
        (502, Problem),
        (503, problems.Unavailable),
    ],
)
def test_a_bare_status_becomes_a_problem(status: int, expected: type[Any]) -> None:
    assert type(problems.for_status(status)) is expected
