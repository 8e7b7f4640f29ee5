"""One request's trace is followed through all that it sets in motion."""

import json
import secrets
from collections.abc import Callable
from functools import partial

import pytest
from launcher.demo.failures import answered
from launcher.demo.journey import declaring, receipt
from launcher.demo.journey.context import Journey
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import HABILITATION, IDENTITY
from support.ready import play, signed_in
from support.stack import Stack

pytestmark = [pytest.mark.compose, pytest.mark.timeout(400)]


def lines_with(stack: Stack, container: str, trace: str) -> list[dict[str, object]]:
    """The JSON log lines of that trace."""
    lines = (line for line in stack.logs(container).splitlines() if trace in line and line.startswith("{"))
    return [line for line in map(json.loads, lines) if line.get("trace_id") == trace]


def test_a_traceparent_given_to_the_gateway_is_in_the_logs_of_all_five_services(
    new_campaign: Callable[..., Journey], stack: Stack
) -> None:
    journey = new_campaign(tenancies=2)
    person = signed_in(journey, journey.people[1])
    trace = secrets.token_hex(16)
    person.api.use_headers({"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"})
    for path in (f"{IDENTITY}/me", f"{HABILITATION}/me/access"):
        answered(person.api.request("GET", path), 200)
    play(journey, person, declaring.verifies, declaring.gives_rent, declaring.transmits)
    play(journey, person, receipt.receives_receipt)
    # Documents and notification were never called: the trace reached them inside the events.
    for container in ("identity", "habilitation", "declaration", "documents-worker", "notification-worker"):
        found = wait_for(f"trace {trace} in {container}", partial(lines_with, stack, container, trace), seconds=30)
        assert found
    events = {line.get("type") for line in lines_with(stack, "documents-worker", trace)}
    assert "declaration.transmitted.v1" in events
    mails = {line.get("type") for line in lines_with(stack, "notification-worker", trace)}
    assert "documents.recap_ready.v1" in mails
