"""A TCP proxy between a service and its database or broker, which tests can cut and mend."""

import socket
import threading
from contextlib import suppress
from typing import Self


class TcpProxy:
    """A TCP proxy on its own port; ``cut`` drops connections and refuses new ones until ``mend``."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listening: socket.socket | None = None
        self._ends: list[socket.socket] = []
        self.accepted = 0
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_error: object) -> None:
        self.cut()

    def mend(self) -> None:
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            _close(listening)
        while self._ends:
            _close(self._ends.pop())

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _address = listening.accept()
                far = socket.create_connection(self._target, timeout=5)
            except OSError:
                if self._listening is not listening:
                    return
                continue
            far.settimeout(None)
            self.accepted += 1
            self._ends += (near, far)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    _close(source)
    _close(sink)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
