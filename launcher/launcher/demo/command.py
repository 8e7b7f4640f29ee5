"""`bailleurs demo`: runs the journey against a running product, with a new agent when none is given."""

import json
import subprocess
import sys
from pathlib import Path

from chassis import clock
from rich.console import Console

from launcher.demo import journey
from launcher.demo.credentials import Credentials
from launcher.demo.mailbox import ComposePrintRoom, DevMailbox, Mailbox, Mailpit

COMPOSE_PROJECT = "offre-bailleurs"
SECONDS = 120
FIRST_SPARE = 400


def run(*, url: str, mailpit: str, agent: str, caf_code: str, output: Path) -> int:
    """`mailpit`: URL of the Compose stack's mail catcher, empty for the all-in-one mode; `agent`: `LOGIN:PASSWORD`,
    empty to create one, for an unused Caf unless `caf_code` is given. Returns 0 on success."""
    caf_code = caf_code or spare_caf_code()
    try:
        credentials = (
            given(agent, caf_code)
            if agent
            else make_agent(caf_code, compose_project=COMPOSE_PROJECT if mailpit else "")
        )
    except (ValueError, OSError, subprocess.SubprocessError) as error:
        Console(stderr=True).print(f"[red]L’agent de la Caf n’a pas pu être créé : {error}[/]")
        return 2
    return journey.run(url, mailbox_of(url, mailpit), credentials, output)


def mailbox_of(url: str, mailpit: str) -> Mailbox:
    """The mailbox that receives what the product sends."""
    return Mailpit(mailpit, ComposePrintRoom()) if mailpit else DevMailbox(url)


def given(agent: str, caf_code: str) -> Credentials:
    """Parses `LOGIN:PASSWORD`. Raises ValueError otherwise."""
    login, colon, password = agent.partition(":")
    if not colon:
        raise ValueError("--agent attend IDENTIFIANT:MOT-DE-PASSE, par exemple AGENT-7KQ2:ABCD-EFGH-JKMN-PQRT-UVWX")
    return Credentials(login, password, caf_code)


def spare_caf_code(rank: int = 0) -> str:
    """A three-digit code above every real Caf's, different every few seconds, so that runs do not share a
    campaign; `rank` separates the codes requested within one run."""
    return str(FIRST_SPARE + (int(clock.now().timestamp() / 5) + rank) % (1000 - FIRST_SPARE))


def make_agent(
    caf_code: str, *, compose_project: str = "", folder: Path | None = None, supervisor: bool = False
) -> Credentials:
    """An agent of that Caf, or a supervisor, created by `bailleurs agent add` where identity's database is: in the
    container of that Compose project, else in the folder where the product runs. Raises ValueError with the
    command's output."""
    bailleurs = str(Path(sys.executable).with_name("bailleurs"))
    where = ["docker", "exec", f"{compose_project}-identity-1", "bailleurs"] if compose_project else [bailleurs]
    command = [*where, "agent", "add", "--caf", caf_code, "--json", *(["--supervisor"] if supervisor else [])]
    done = subprocess.run(  # noqa: S603 - fixed words and three digits
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise ValueError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"code {done.returncode}")
    made = json.loads(done.stdout.strip().splitlines()[-1])
    return Credentials(made["login"], made["password"], caf_code)
