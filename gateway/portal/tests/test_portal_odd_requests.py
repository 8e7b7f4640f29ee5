"""No page fails by what somebody who is signed in sends: odd queries and forms, made from the URL map."""

from typing import Any

import pytest
from flask import Flask
from portal_stand_ins import FakeIdentity, SignIn
from webui.testing import odd

PEOPLE: dict[str, dict[str, Any]] = {
    "landlord": {},
    # Who opens every page of the agents.
    "supervisor": {"kind": "agent", "org": None, "caf": "359", "supervisor": True},
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_fails_by_what_it_is_sent(portal: Flask, identity: FakeIdentity, sign_in: SignIn, who: str) -> None:
    assert odd.faults(portal, lambda: sign_in(**PEOPLE[who])) == []
