"""Reads on several processors: reading is pure Python, and one process uses only one processor.

Blocks go to the processes in turn, and come back in file order.
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

# Seconds: a block takes a few hundredths of one.
ANSWERS_WITHIN = 60
Raws = tuple[Sequence[bytes], int]


def read(reading: Reading, blocks: Iterable[Raws], processes: int) -> Generator[Block]:
    """`blocks`: lines and the number of the first. Raises OSError or EOFError when a process has died."""
    if processes == 1:
        reader = BlockReader(reading)
        for block in blocks:
            yield reader.read(*block)
        return
    with ExitStack() as stack:
        idle = deque(stack.enter_context(_started(reading)) for _ in range(processes))
        busy: deque[Connection] = deque()
        for block in blocks:
            # Takes an answer before it sends the next block: otherwise both ends could block on a full pipe.
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
        # A traceback would print personal data; set `registry_workers` to 1 to debug.
        silent, end = subprocess.DEVNULL, its.fileno()
        with subprocess.Popen(command, pass_fds=(end,), stderr=silent) as process:  # noqa: S603 - our own program
            # Closes our copy of its end, so that a dead process is seen as a closed pipe.
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
