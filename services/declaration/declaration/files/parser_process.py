"""Reads blocks of a registry file in a process of its own: light, with no database and nothing to leave behind.

`python -m declaration.files.parser_process PIPE PARENT`: is told what it reads, then block after block, each answered
before the next; ends with the one who asks.
"""

import signal
import sys
from multiprocessing.connection import Connection

from chassis.parent import end_with_parent

from declaration.domain.registry.blocks import BlockReader


def main(pipe: int, parent: int) -> None:
    # An interruption from the keyboard reaches every process; the one who asks decides.
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
