"""The product's base URL and how long to retry it."""

import ssl
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache

import httpx

SECONDS = 30.0
# What a gateway answers while the process behind it restarts.
RESTARTING = frozenset({502, 503, 504})


@cache
def tls() -> ssl.SSLContext:
    """One for every client: reading the authorities' certificates costs more than most requests."""
    return httpx.create_ssl_context()


@dataclass
class Site:
    """`patience`: for how many seconds a request without an answer is retried; 0 when it should answer at once.

    Every request of the journey can be repeated: it carries an idempotency key or an ETag, or leads to the same page.
    """

    url: str
    patience: float = 0.0
    _opened: ExitStack = field(default_factory=ExitStack, repr=False)

    def client(self) -> httpx.Client:
        """A client with its own cookies, which does not follow redirections. Closed with the site."""
        made = httpx.Client(base_url=self.url, timeout=SECONDS, transport=self.transport())
        self._opened.callback(made.close)
        return made

    def transport(self) -> httpx.BaseTransport:
        """The transport of its requests; closed with the site."""
        made = Patient(self.patience)
        self._opened.callback(made.close)
        return made

    def close(self) -> None:
        self._opened.close()


class Patient(httpx.BaseTransport):
    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._wire = httpx.HTTPTransport(verify=tls())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        end = time.monotonic() + self._patience
        while True:
            try:
                response = self._wire.handle_request(request)
            except httpx.TransportError:
                if time.monotonic() >= end:
                    raise
            else:
                if response.status_code not in RESTARTING or time.monotonic() >= end:
                    return response
                response.close()
            time.sleep(0.5)

    def close(self) -> None:
        self._wire.close()
