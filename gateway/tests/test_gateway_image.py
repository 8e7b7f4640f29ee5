"""The file that Compose mounts, in the image that Compose runs."""

import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.containers


def test_the_image_of_compose_accepts_the_file() -> None:
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["envoy"]
    mounts = [part for volume in service["volumes"] for part in ("--volume", volume.replace("./", f"{ROOT}/", 1))]
    command = ["envoy", "--mode", "validate", "-c", "/etc/envoy/envoy.yaml"]
    done = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", *mounts, service["image"], *command],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "OK" in done.stdout
