"""One HTTP client for all services: each call carries the person's token, the request's number and its trace."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx
from chassis import tracing

from portal.clients.errors import Refused, Unavailable

CONNECT_SECONDS = 3.0
Credentials = Callable[[], str]
Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Body]):
    """A JSON body with the ETag to give back in `If-Match`."""

    body: Body
    etag: str


@dataclass(frozen=True, slots=True)
class Download:
    """A streamed file: its chunks and its content headers."""

    chunks: Iterator[bytes]
    headers: dict[str, str]


def make_http(base_url: str, seconds: float, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Redirections are not followed: no API uses them."""
    timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
    return httpx.Client(base_url=base_url, timeout=timeout, transport=transport, trust_env=False)


class Service:
    """
    Calls to one service, at `/api/<name>/v1`.

    `token` gives the person's access token (empty for public operations), `request_id` the number to pass on.
    Every method raises Refused for a problem and Unavailable when there is no usable answer. `shape` is the type of the
    body in the service's contract (`portal.api_types`), which the service's own tests hold it to.
    """

    name = ""

    def __init__(self, http: httpx.Client, token: Credentials, request_id: Credentials) -> None:
        self._http = http
        self._token = token
        self._request_id = request_id

    def _call(
        self, method: str, *path: str, headers: Mapping[str, str] | None = None, service: str = "", **options: Any
    ) -> httpx.Response:
        """`path` is given in segments, each quoted, so an identifier from a URL cannot reach another operation."""
        url = "/".join(("/api", service or self.name, "v1", *(quote(segment, safe="") for segment in path)))
        if not all(value.isascii() and value.isprintable() for value in (headers or {}).values()):
            # Keys and ETags come from hidden fields of the page: a value that cannot be a header is not one we issued.
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                {"title": "Un champ caché de cette page a été modifié : rouvrez la page, puis recommencez."},
            )
        carried = tracing.outgoing_headers({"X-Request-Id": self._request_id(), **(headers or {})})
        if token := self._token():
            carried["Authorization"] = f"Bearer {token}"
        streamed = options.pop("streamed", False)
        try:
            request = self._http.build_request(method, url, headers=carried, **options)
            answer = self._http.send(request, stream=streamed)
            if streamed and answer.status_code >= 400:
                answer.read()
        except httpx.HTTPError as error:
            raise Unavailable(type(error).__name__) from error
        if answer.status_code >= 500:
            raise Unavailable(f"{self.name} {answer.status_code}")
        if answer.status_code >= 400:
            raise Refused(answer.status_code, _problem(answer), answer.headers.get("Retry-After", ""))
        return answer

    def _get(self, shape: type[Body], *path: str, **query: Any) -> Body:
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return read_body(shape, self._call("GET", *path, params=given))

    def _download(self, *path: str, query: Mapping[str, str], timeout: float) -> Download:
        answer = self._call("GET", *path, params=query, timeout=timeout, streamed=True)
        kept = ("Content-Type", "Content-Disposition", "Content-Length", "Cache-Control")
        return Download(_pieces(answer), {name: answer.headers[name] for name in kept if name in answer.headers})

    def _read(self, shape: type[Body], *path: str) -> Answer[Body]:
        return _with_etag(shape, self._call("GET", *path))

    def _save(self, shape: type[Body], *path: str, body: object, etag: str) -> Answer[Body]:
        headers = {"If-Match": etag} if etag else {}
        return _with_etag(shape, self._call("PUT", *path, headers=headers, json=body))

    def _post(
        self, shape: type[Body], *path: str, body: object = None, key: str = "", etag: str = "", **query: Any
    ) -> Body:
        headers = {"Idempotency-Key": key, "If-Match": etag}
        given = {name: value for name, value in query.items() if value not in (None, "")}
        options: dict[str, Any] = {} if body is None else {"json": body}  # of httpx, some typed otherwise
        filled = {name: value for name, value in headers.items() if value}
        return read_body(shape, self._call("POST", *path, headers=filled, params=given, **options))


def _pieces(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_bytes()
    finally:
        answer.close()


def _with_etag(shape: type[Body], answer: httpx.Response) -> Answer[Body]:
    return Answer(read_body(shape, answer), answer.headers.get("ETag", ""))


def read_body(shape: type[Body], answer: httpx.Response) -> Body:  # noqa: ARG001  # for mypy only
    """Raises Unavailable when it is not a JSON object; an empty body is an empty one."""
    if not answer.content:
        return cast(Body, {})
    try:
        body = answer.json()
    except ValueError as error:
        raise Unavailable("unreadable answer") from error
    if not isinstance(body, dict):
        raise Unavailable("unreadable answer")
    return cast(Body, body)


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    """Empty when the refusal does not come from the service."""
    try:
        return read_body(dict, answer)
    except Unavailable:
        return {}
