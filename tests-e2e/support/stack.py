"""The containers of the Compose stack: killed, started, read and asked from outside."""

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("identity", "habilitation", "declaration", "notification", "documents")
WORKERS = tuple(f"{name}-worker" for name in SERVICES)
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Stack:
    """`project` is Compose's name of the stack."""

    project: str

    def container(self, service: str) -> str:
        return f"{self.project}-{service}-1"

    def kill(self, service: str) -> None:
        """SIGKILL: no farewell, nothing is flushed."""
        docker("kill", "--signal", "KILL", self.container(service))

    def start(self, service: str) -> None:
        docker("start", self.container(service))

    def wait_healthy(self, service: str, seconds: float = SECONDS) -> None:
        """Raises AssertionError when the container is not healthy again in time."""
        end = time.monotonic() + seconds
        while (state := self.health(service)) not in ("healthy", "running"):
            assert time.monotonic() < end, f"{service} is {state} after {seconds:.0f} s"
            time.sleep(0.5)

    def health(self, service: str) -> str:
        """`healthy`, `unhealthy`, `starting`; `running` or `exited` for a container without a check."""
        state = json.loads(docker("inspect", "--format", "{{json .State}}", self.container(service)))
        return str(state.get("Health", {}).get("Status") or state["Status"])

    def address(self, service: str) -> str:
        """The service itself, behind the gateway's back."""
        template = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return f"http://{docker('inspect', '--format', template, self.container(service)).strip()}:8080"

    def logs(self, service: str) -> str:
        done = subprocess.run(
            ["docker", "logs", self.container(service)], capture_output=True, text=True, timeout=SECONDS, check=True
        )
        return done.stdout + done.stderr

    def number(self, database: str, sql: str, **variables: str) -> int:
        """The one number of a SELECT, in which `:'name'` stands for a variable."""
        psql = ["psql", "--username", "postgres", "--dbname", database, "--no-align", "--tuples-only", "--quiet"]
        given = [f"--set={name}={value}" for name, value in variables.items()]
        inside = ["exec", "--interactive", "--user", "postgres", self.container("postgres"), *psql, *given]
        return int(docker(*inside, text=sql))

    def resident_bytes(self, service: str) -> int:
        """Memory of all the processes of the container, shared pages counted in each."""
        pids = docker("top", self.container(service), "-o", "pid").split()[1:]
        return sum(_resident(pid) for pid in pids)


def docker(*arguments: str, text: str = "") -> str:
    """What the command prints when it reads `text`. Raises CalledProcessError, whose notes say what was wrong."""
    done = subprocess.run(
        ["docker", *arguments], input=text, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        error = subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
        error.add_note(done.stderr.strip())
        raise error
    return done.stdout


def _resident(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
