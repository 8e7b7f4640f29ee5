"""A real Envoy with the real file; only the addresses of the services are replaced by stand-ins that echo."""

import json
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import yaml
from joserfc import jwt
from joserfc.jwk import ECKey
from tools import envoy

START_SECONDS = 20


@dataclass
class StandIns:
    """What stands behind the gateway: one server a cluster; each answers with the request it received."""

    key: ECKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "test"})
    )
    servers: dict[str, ThreadingHTTPServer] = field(default_factory=dict)
    #: (cluster, method, path) of each request that reached a service, the keys' address apart.
    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def port(self, cluster: str) -> int:
        if cluster not in self.servers:
            server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, cluster))
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.servers[cluster] = server
        return self.servers[cluster].server_port

    def stop(self) -> None:
        for server in self.servers.values():
            server.shutdown()
            server.server_close()

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        base = {"iss": "http://localhost:8080", "aud": "bailleurs", "sub": "somebody", "iat": now, "exp": now + 300}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid, "typ": "at+jwt"}, base | claims, self.key)


def _handler(stand_ins: StandIns, cluster: str) -> type[BaseHTTPRequestHandler]:
    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _echo(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.path == "/oidc/jwks":
                self._answer({"keys": [stand_ins.key.as_dict(private=False)]})
                return
            stand_ins.seen.append((cluster, self.command, self.path))
            if self.headers.get("x-test") == "hang up":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer({"cluster": cluster, "path": self.path, "headers": headers, "length": len(body)})

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._echo
            raise AttributeError(name)

        def _answer(self, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("content-security-policy", "default-src 'self'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Silent: the access log of the gateway is what the tests read."""

    return Echo


@dataclass(frozen=True)
class Gateway:
    """A running gateway: where it answers, what stands behind it, and what it logged."""

    client: httpx.Client
    behind: StandIns
    output: Path

    def authorization(self, **claims: Any) -> dict[str, str]:
        return {"authorization": f"Bearer {self.behind.token(**claims)}"}

    def log(self, request_id: str, seconds: float = 15) -> dict[str, Any]:
        """The access log line of one request; it is written some time after the answer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.output.read_text(encoding="utf-8").splitlines():
                if request_id in line:
                    found: dict[str, Any] = json.loads(line)
                    return found
            time.sleep(0.2)
        raise AssertionError("the request was not logged")


def render(folder: Path, stand_ins: StandIns, port: int) -> Path:
    """The gateway's file with addresses of this machine, and nothing else changed."""
    target = folder / "envoy.yaml"
    target.write_text(yaml.safe_dump(envoy.here(port, stand_ins.port), allow_unicode=True), encoding="utf-8")
    return target


def wait(gateway: Gateway, process: subprocess.Popen[bytes]) -> None:
    """Until a token is accepted: the keys are fetched after the listener opens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if gateway.client.get("/api/declaration/v1/ready", headers=gateway.authorization()).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(gateway.output.read_text(encoding="utf-8")[-3000:])
