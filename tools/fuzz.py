"""`make fuzz`: requests generated from each OpenAPI document, sent to BAILLEURS_URL (http://localhost:8080).

No answer may be 5xx. With BAILLEURS_TOKEN (an access token), operations that need sign-in are covered too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.running import address
from tools.workspace import ROOT, SERVICES

SECONDS_EACH = 60


def command(service: str, url: str, token: str) -> list[str]:
    """One time-limited run of schemathesis on one service."""
    tool = str(Path(sys.executable).with_name("st"))
    document = str(ROOT / "services" / service / "openapi.yaml")
    bearer = ["--header", f"Authorization: Bearer {token}"] if token else []
    checks = ["--checks", "not_a_server_error,ignored_auth", "--continue-on-failure"]
    limits = ["--max-time", str(SECONDS_EACH), "--phases", "examples,coverage,fuzzing", "--rate-limit", "100/s"]
    return [tool, "run", document, "--url", f"{url}/api/{service}/v1", *checks, *limits, *bearer]


def main() -> int:
    url = address()
    token = os.environ.get("BAILLEURS_TOKEN", "")
    failed = [name for name in SERVICES if subprocess.run(command(name, url, token), cwd=ROOT, check=False).returncode]
    print(f"Not as it should: {', '.join(failed)}" if failed else "No made-up request was answered 5xx.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
