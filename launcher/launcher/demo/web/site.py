"""One address and how patient one is with it."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

SECONDS = 30.0
# What a front door answers while the process behind it starts again.
RESTARTING = frozenset({502, 503, 504})


@dataclass
class Site:
    """`patience`: for how many seconds a request is sent again to what does not answer; 0 when it should answer.

    Everything the journey sends may be sent twice: it carries an idempotency key, an ETag, or leads to the same page.
    """

    url: str
    patience: float = 0.0
    _opened: ExitStack = field(default_factory=ExitStack, repr=False)

    def client(self) -> httpx.Client:
        """Cookies of its own; redirections are left to the caller. Closed with the site."""
        made = httpx.Client(base_url=self.url, timeout=SECONDS, transport=self.transport())
        self._opened.callback(made.close)
        return made

    def transport(self) -> httpx.BaseTransport:
        """How its requests travel; closed with the site."""
        made = Patient(self.patience)
        self._opened.callback(made.close)
        return made

    def close(self) -> None:
        self._opened.close()


class Patient(httpx.BaseTransport):
    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._wire = httpx.HTTPTransport()

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
