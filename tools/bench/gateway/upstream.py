"""What stands behind both gateways: answers of one size, and the keys that tokens are checked with."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from joserfc import jwt
from joserfc.jwk import ECKey

from tools.envoy import free_port

# About one declaration.
ANSWER = json.dumps({"text": "a" * 600}).encode()
START_SECONDS = 20


@dataclass(frozen=True)
class Upstream:
    port: int
    key: ECKey

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": "http://localhost:8080", "aud": "bailleurs", "sub": "a", "iat": now, "exp": now + 300}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid, "typ": "at+jwt"}, claims, self.key)


@contextmanager
def upstream() -> Iterator[Upstream]:
    """In a process of its own, so that the callers' time is theirs."""
    made = Upstream(free_port(), ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "bench"}))
    keys = json.dumps({"keys": [made.key.as_dict(private=False)]}).encode()
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=_serve, args=(made.port, keys, ready.set), daemon=True)
    process.start()
    try:
        if not ready.wait(START_SECONDS):
            raise TimeoutError("the upstream does not start")
        yield made
    finally:
        process.kill()
        process.join()


def _serve(port: int, keys: bytes, ready: Callable[[], None]) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Answers(keys), "127.0.0.1", port)
        ready()
        await server.serve_forever()

    asyncio.run(run())


class _Answers(asyncio.Protocol):
    """GET without a body is all it knows."""

    def __init__(self, keys: bytes) -> None:
        self._keys = keys
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            body = self._keys if b" /oidc/jwks " in head else ANSWER
            start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            self._transport.write(start + body)
