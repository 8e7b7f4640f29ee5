"""The gateway, started once per module of tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

# What the tests share stands beside them and is imported by its bare name.
sys.path.insert(0, str(Path(__file__).parent))

from tools import envoy

from stand_ins import Gateway, StandIns, render, wait


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("envoy")
    stand_ins, port = StandIns(), envoy.free_port()
    config, output = render(folder, stand_ins, port), folder / "output.log"
    command = [envoy.binary(), "-c", str(config), "--use-dynamic-base-id", "--concurrency", "1", "-l", "warning"]
    with output.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=dict(os.environ))
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as client:
            running = Gateway(client, stand_ins, output)
            wait(running, process)
            yield running
    finally:
        process.terminate()
        process.wait(timeout=10)
        stand_ins.stop()
