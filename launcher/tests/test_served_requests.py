"""The real server, all in one and one service: what is too long is refused unread, every answer is protected."""

import socket
from collections.abc import Iterator

import httpx
import pytest
from chassis import keys
from running_product import Served, served

ANNOUNCED = 60_000_000
PAGES = ("/compte/connexion", "/oidc/token", "/compte/identifiant-perdu")
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module", params=["all", "identity"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    own = keys.generate() if request.param != "all" else {}
    with served(tmp_path_factory.mktemp("product"), request.param, **own) as here:
        yield here


def answer_to(product: Served, head: str, *chunks: bytes) -> bytes:
    """The first line of the answer to a request that says more is to come, and sends no more."""
    port = int(product.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(f"{head}\r\nHost: localhost\r\n".encode())
        for chunk in chunks:
            wire.sendall(chunk)
        return wire.recv(4096).partition(b"\r\n")[0]


@pytest.mark.parametrize("path", PAGES)
def test_sixty_megabytes_of_a_stranger_are_refused_before_they_come(product: Served, path: str) -> None:
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    announced = f"{form}Content-Length: {ANNOUNCED}\r\n\r\n".encode()
    assert b" 413 " in answer_to(product, f"POST {path} HTTP/1.1", announced)
    chunk = b"%x\r\n" % 500_000 + b"a" * 500_000 + b"\r\n"
    begun = f"{form}Transfer-Encoding: chunked\r\n\r\n".encode()
    assert b" 413 " in answer_to(product, f"POST {path} HTTP/1.1", begun, chunk, chunk, chunk)


@pytest.mark.parametrize(
    "path",
    [
        *("/api/identity/v1/me", "/api/identity/v1/nowhere", "/api/identity/v1/openapi.json", "/nowhere"),
        *("/compte/connexion", "/oidc/userinfo", "/healthz", "/api/identity/v1/%ff", "/api/identity/v1/..%2f"),
    ],
)
def test_no_answer_is_kept_or_taken_for_another_type(product: Served, path: str) -> None:
    answer = httpx.get(product.url + path)
    assert answer.status_code < 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
