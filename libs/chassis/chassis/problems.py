"""The error format: RFC 9457 problem details with stable ``type`` URNs and JSON pointers.

Independent of any web framework, so that a rule in ``domain.py`` may raise it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, ClassVar

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One refused value: the place (RFC 6901 pointer), the rule, a valid example; never the value itself."""

    pointer: str
    code: str
    detail: str
    rule: str = ""
    example: str = ""

    def to_json(self) -> dict[str, str]:
        return {key: value for key, value in asdict(self).items() if value or key == "pointer"}


class Problem(Exception):
    """An error with its public response; the message is for the person and holds no personal data."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Une erreur est survenue de notre côté. Rien n’a été perdu, réessayez dans un instant."

    def __init_subclass__(cls, *, status: HTTPStatus, code: str) -> None:
        cls.status, cls.code = status, code

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = extensions
        super().__init__(self.code)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"urn:bailleurs:problem:{self.code}",
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            **self.extensions,
        }
        if self.errors:
            body["errors"] = [error.to_json() for error in self.errors]
        return body


class BadRequest(Problem, status=HTTPStatus.BAD_REQUEST, code="bad-request"):
    title = "La demande n’est pas lisible."


class Unauthorized(Problem, status=HTTPStatus.UNAUTHORIZED, code="unauthorized"):
    title = "Connectez-vous pour continuer."

    def __init__(self, detail: str = "", **extensions: Any) -> None:
        # RFC 6750 §3: a protected resource names its authentication scheme.
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="bailleurs"'}, **extensions)


class Forbidden(Problem, status=HTTPStatus.FORBIDDEN, code="forbidden"):
    title = "Vous n’avez pas le droit de faire cela."


class AccountClosed(Problem, status=HTTPStatus.FORBIDDEN, code="account-closed"):
    """For a caller whose token is still valid: the same for every operation, whatever it names."""

    title = "Votre compte est suspendu ou fermé, ou votre accès à cet organisme a été retiré. Appelez votre Caf."


class RightsMissing(Problem, status=HTTPStatus.FORBIDDEN, code="rights-missing"):
    """For programs: a person is shown an empty list, but a program would take it for « nothing to read »."""

    title = (
        "Ce programme agit au nom d’un utilisateur qui n’a aucun droit : dans « Utilisateurs », l’administrateur de "
        "l’organisme crée cet utilisateur et lui coche un groupe, par exemple « Logements privés, département 35 »."
    )


class NotFound(Problem, status=HTTPStatus.NOT_FOUND, code="not-found"):
    """Also raised for what exists outside the caller's perimeter, so that both look the same."""

    title = "Cet élément n’existe pas."


class Conflict(Problem, status=HTTPStatus.CONFLICT, code="conflict"):
    title = "Cette action n’est plus possible dans l’état actuel."


class Gone(Problem, status=HTTPStatus.GONE, code="gone"):
    title = "Cet élément a été supprimé à la fin de sa durée de conservation."


class MethodNotAllowed(Problem, status=HTTPStatus.METHOD_NOT_ALLOWED, code="method-not-allowed"):
    title = "Cette méthode n’est pas possible à cette adresse."


class TooLarge(Problem, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, code="too-large"):
    title = "Ce que vous envoyez est trop volumineux."


class UnsupportedMediaType(Problem, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, code="unsupported-media-type"):
    title = "Ce type de contenu n’est pas accepté ici."


class PreconditionFailed(Problem, status=HTTPStatus.PRECONDITION_FAILED, code="precondition-failed"):
    title = "Quelqu’un d’autre a modifié ces informations depuis que vous les avez ouvertes."


class PreconditionRequired(Problem, status=HTTPStatus.PRECONDITION_REQUIRED, code="precondition-required"):
    title = "L’en-tête If-Match est obligatoire pour modifier ces informations."


class Invalid(Problem, status=HTTPStatus.UNPROCESSABLE_ENTITY, code="invalid"):
    title = "Certaines informations sont à corriger."

    def __init__(self, errors: Iterable[FieldError], detail: str = "") -> None:
        super().__init__(detail, errors=errors)


class TooManyRequests(Problem, status=HTTPStatus.TOO_MANY_REQUESTS, code="too-many-requests"):
    title = "Trop d’essais. Patientez avant de recommencer."

    def __init__(self, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


class Unavailable(Problem, status=HTTPStatus.SERVICE_UNAVAILABLE, code="unavailable"):
    title = "Le service est momentanément indisponible. Rien n’a été perdu, réessayez dans un instant."

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


_MADE_BY_FRAMEWORKS = (BadRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, TooLarge)
_BY_STATUS: dict[int, Callable[[], Problem]] = {
    int(one.status): one for one in (*_MADE_BY_FRAMEWORKS, UnsupportedMediaType, Unavailable)
}


def invalid(messages: Mapping[str, Any]) -> Invalid:
    """The problem for marshmallow errors: field → its sentences, or a nested mapping of the same form."""
    return Invalid(
        FieldError(pointer=pointer, code="invalid", detail=sentence) for pointer, sentence in _sentences(messages, "")
    )


def _sentences(messages: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _sentences(inner, f"{pointer}/{name}")
    elif isinstance(messages, list):
        yield from ((pointer, str(sentence)) for sentence in messages)


def for_status(status: int) -> Problem:
    """The problem for a status that a framework returned without a body."""
    return _BY_STATUS.get(status, BadRequest if 400 <= status < 500 else Problem)()
