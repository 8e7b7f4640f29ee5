"""The services' own OpenAPI documents, cached for a few minutes."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from portal.clients.http import Service, read_body

KEPT_SECONDS = 300
# Its form is that of the OpenAPI standard, read key by key.
Document = Mapping[str, Any]


class OpenApiReader(Service):
    """Calls without a token: these documents are public."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._kept: dict[str, tuple[float, Document]] = {}
        self._lock = threading.Lock()

    def read(self, service: str) -> Document:
        """Raises Unavailable when the service does not answer."""
        with self._lock:
            at, document = self._kept.get(service, (0.0, {}))
            if time.monotonic() - at > KEPT_SECONDS or not document:
                document = read_body(dict, self._call("GET", "openapi.json", service=service))
                self._kept[service] = (time.monotonic(), document)
        return document
