import subprocess
import sys

import pytest

THREADS = 12
PROGRAM = f"""
import ctypes, threading
from launcher.boot import share_memory
share_memory()
together = threading.Barrier({THREADS})
def hold():
    held = [bytes(10_000 + number) for number in range(50)]
    together.wait()
threads = [threading.Thread(target=hold) for _ in range({THREADS})]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's arenas")
def test_threads_of_the_process_share_two_arenas() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - ours
    assert 1 <= done.stdout.count("<heap nr=") <= 2
