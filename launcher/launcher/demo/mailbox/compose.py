"""The print folder of the Compose stack: the volume from which the printer would fetch its batches.

The API never serves batches with passwords (only the printer reads them), so this runs `docker compose cp`.
"""

import io
import subprocess
import tarfile

from launcher.demo.failures import StepFailed
from launcher.demo.mailbox.base import Message
from launcher.demo.mailbox.letters import Read

SERVICE = "notification-worker"
FOLDER = "/var/lib/bailleurs/storage/print"
SECONDS = 60


class ComposePrintRoom:
    """`project`: Compose's name for the running stack."""

    def __init__(self, project: str = "offre-bailleurs") -> None:
        self._container = f"{project}-{SERVICE}-1"
        self._read = Read()

    def letters(self) -> list[Message]:
        for name, content in self._batches():
            self._read.add_batch(name, content)
        return self._read.all

    def _batches(self) -> list[tuple[str, bytes]]:
        command = ["docker", "cp", f"{self._container}:{FOLDER}", "-"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - fixed words
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StepFailed("les lots d’impression de la pile Compose", f"{' '.join(command)} : {error}") from None
        if done.returncode:
            # Nothing has been printed yet: the first batch creates the folder.
            return []
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            members = [member for member in archive.getmembers() if member.name.endswith(".zip")]
            return [(member.name, file.read()) for member in members if (file := archive.extractfile(member))]
