"""Parses blocks of a registry file in a separate process: light, without a database, nothing to clean up.

`python -m declaration.files.parser_process PIPE PARENT`: receives the Reading, then block after block, and answers each
before the next; ends with its parent.
"""

import signal
import sys
from multiprocessing.connection import Connection

from chassis.parent import end_with_parent

from declaration.domain.registry.blocks import BlockReader


def main(pipe: int, parent: int) -> None:
    # Ctrl-C reaches every process; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent)
    with Connection(pipe) as asked:
        try:
            reader = BlockReader(asked.recv())
            while True:
                asked.send(reader.read(*asked.recv()))
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
