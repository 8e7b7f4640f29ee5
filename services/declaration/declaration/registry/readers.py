"""Reading on several processors: reading is Python from end to end, and a process has one of them.

Blocks go round to as many processes as there are, and come back in the order of the file.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from declaration.domain.registry.blocks import Block, BlockReader, Reading
from declaration.files import parser_process

# Seconds: a block takes some hundredths of one.
ANSWERS_WITHIN = 60
Raws = tuple[Sequence[bytes], int]


def read(reading: Reading, blocks: Iterable[Raws], processes: int) -> Generator[Block]:
    """`blocks`: lines and the number of the first of them. Raises OSError, EOFError when a process is gone."""
    if processes == 1:
        reader = BlockReader(reading)
        for block in blocks:
            yield reader.read(*block)
        return
    with ExitStack() as stack:
        idle = deque(stack.enter_context(_started(reading)) for _ in range(processes))
        busy: deque[Connection] = deque()
        for block in blocks:
            # An answer is taken before the next block is asked for: neither end then waits for the other to listen.
            if not idle:
                yield _answer(busy[0])
                idle.append(busy.popleft())
            idle[0].send(block)
            busy.append(idle.popleft())
        for asked in busy:
            yield _answer(asked)


@contextmanager
def _started(reading: Reading) -> Iterator[Connection]:
    ours, its = Pipe()
    with ours, its:
        command = [sys.executable, "-m", parser_process.__name__, str(its.fileno()), str(os.getpid())]
        # What an exception would print are people's data; `registry_workers` of 1 shows it to a debugger.
        silent, end = subprocess.DEVNULL, its.fileno()
        with subprocess.Popen(command, pass_fds=(end,), stderr=silent) as process:  # noqa: S603 - our own program
            # Its end is its own: that of a process that died is seen as closed.
            its.close()
            try:
                ours.send(reading)
                yield ours
            finally:
                process.kill()


def _answer(asked: Connection) -> Block:
    if not asked.poll(ANSWERS_WITHIN):
        raise TimeoutError
    block: Block = asked.recv()
    return block
