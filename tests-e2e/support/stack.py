"""The containers of the Compose stack: killed, started, read and asked from outside."""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("identity", "habilitation", "declaration", "notification", "documents")
WORKERS = tuple(f"{name}-worker" for name in SERVICES)
SECONDS = 120
# As long as Docker gives a check.
CHECK_SECONDS = 4
EVERY = 0.2


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
        """Raises AssertionError when the container does not pass its own health check in time."""
        # Run here: Docker's own turns are 5 s apart.
        inspected = docker("inspect", "--format", "{{json .Config.Healthcheck.Test}}", self.container(service))
        how, *check = json.loads(inspected)
        assert how == "CMD", f"{service} is not checked by a command of its own: {how}"
        end = time.monotonic() + seconds
        while not self._passes(service, check):
            assert time.monotonic() < end, f"{service} is not healthy after {seconds:.0f} s"
            time.sleep(EVERY)

    def _passes(self, service: str, check: list[str]) -> bool:
        command = ["docker", "exec", self.container(service), *check]
        try:
            return subprocess.run(command, capture_output=True, timeout=CHECK_SECONDS, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

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
        [number] = self.numbers([(database, sql)], **variables)
        return number

    def numbers(self, asked: Sequence[tuple[str, str]], **variables: str) -> list[int]:
        """Those of several (database, SELECT), by one program: starting it takes longer than what it asks."""
        psql = ["psql", "--username", "postgres", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1"]
        given = [f"--set={name}={value}" for name, value in variables.items()]
        inside = ["exec", "--interactive", "--user", "postgres", self.container("postgres"), *psql, *given]
        lines = [f"\\connect {database}\n{sql};\n" for database, sql in asked]
        return [int(line) for line in docker(*inside, text="".join(lines)).splitlines()]

    def broker(self, *arguments: str) -> str:
        """What rabbitmqctl prints."""
        return docker("exec", self.container("rabbitmq"), "rabbitmqctl", "--quiet", *arguments)

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
