"""Guard over tokens of ours that are not as identity writes them: each claim left out, each of another form.

Signed as they should be, so that nothing but the claims is wrong; every operation of every API gets them.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from chassis import ids
from chassis.testing.harness import Harness, signing_keys
from chassis.testing.plugin import HarnessFactory
from chassis.webapp import create_api
from odd_requests import Document
from runner.asgi import Edge, apps_of
from test_guard_http import document, is_public, operations
from test_guard_inputs import OWN, asked

from launcher import services

# Thousands of requests.
pytestmark = pytest.mark.timeout(300)
# Without them nobody knows who calls, for whom the token is, or until when.
REQUIRED = ("iss", "aud", "sub", "exp", "kind")
OPTIONAL = ("iat", "jti", "client_id", "auth_time", "amr", "sid", "org", "caf", "supervisor")
CLAIMS = (*REQUIRED, "scope", *OPTIONAL)
ODD: tuple[Any, ...] = (None, 7, -1.5, True, "", "x", "\0", "9" * 5000, [], [7], {}, {"a": []})
# By `kind`; the claims that identity puts into a token beside those of every one.
PEOPLE: dict[str, dict[str, Any]] = {
    "landlord": {"org": str(ids.new_id())},
    "agent": {"caf": "359", "supervisor": False},
}


def claims_of(kind: str) -> dict[str, Any]:
    more = {"client_id": "portal", "jti": str(ids.new_id()), "amr": ["pwd"], "sid": str(ids.new_id())}
    return {"kind": kind, "auth_time": int(time.time()), **more, **PEOPLE[kind]}


def tokens(harness: Harness) -> Iterator[tuple[str, str, int | None]]:
    """(what is odd, the token, the status that it must get if only one will do)."""
    now = int(time.time())
    for kind in PEOPLE:
        claims = claims_of(kind)
        for name in CLAIMS:
            status = 401 if name in REQUIRED else 403 if name == "scope" else None
            yield f"{kind} without {name}", harness.token(**claims, without=[name]), status
        for name, value in (("nbf", now + 3600), ("iat", now + 3600), ("exp", now - 3600), ("exp", "tomorrow")):
            yield f"{kind} with {name} {value}", harness.token(**{**claims, name: value}), 401
        for name in CLAIMS:
            for value in ODD:
                status = 401 if name in REQUIRED and value != 7 else None
                yield f"{kind} with {name} {str(value)[:9]!r}", harness.token(**{**claims, name: value}), status


@pytest.mark.parametrize("name", services.NAMES)
def test_no_operation_fails_by_a_token_that_is_not_as_identity_writes_it(
    name: str, harness: HarnessFactory, sqlite_url: str
) -> None:
    h: Harness = harness(services.load(name), sqlite_url, **OWN.get(name, {}))
    base, spec = h.runtime.service.base_path, document(name)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = Edge(apps_of([([base], create_api(h.runtime, signing_keys()))]), checks={})
    public = {f"{method} {path}" for method, path, operation in operations(spec) if is_public(spec, operation)}
    made, plain = list(tokens(h)), [one.plain() for one in Document(spec, base, {}).operations()]
    whole = [one for one in made if "without" in one[0] or one[2] is not None]
    # Those without a claim go to each operation; of the others, each to some.
    calls = [(odd, one) for odd in plain for one in whole]
    calls += [(plain[rank % len(plain)], one) for rank, one in enumerate(made * 3)]

    async def all_of_them() -> list[tuple[str, str, int, int | None]]:
        answers = []
        for odd, (what, token, wanted) in calls:
            status, _ = await asked(app, odd, {"authorization": f"Bearer {token}"})
            answers.append((odd.operation, what, status, None if odd.operation in public else wanted))
        return answers

    answers = asyncio.run(all_of_them())
    structlog.reset_defaults()
    failed = [one for one in answers if one[2] >= 500 or (one[3] is not None and one[2] != one[3])]
    assert not failed, f"{len(failed)} of {len(answers)}:\n" + "\n".join(map(str, failed[:60]))
    assert {one[0] for one in answers} == {f"{method} {path}" for method, path, _ in operations(spec)}
