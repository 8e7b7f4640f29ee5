"""Run by `test_tools_adding_a_field.py` in a copy of the repository where docs/adding-a-field.md was followed."""

from portal_stand_ins import DECLARATION, FakeServices, SignIn, contract
from webui.testing import page_checks, parse

AT = f"/declarer/{DECLARATION}"


def test_the_field_is_asked_sent_and_summed_up_by_the_portal(sign_in: SignIn, services: FakeServices) -> None:
    browser = sign_in()
    services.declaration["draft"]["rent"]["parking_included"] = True
    page = browser.get(f"{AT}/loyer").text
    assert page_checks(page) == []
    boxes = [one for one in parse(page) if one.get("name") == "parking_included"]
    assert [(one.get("value"), "checked" in one.attributes) for one in boxes] == [("yes", True), ("no", False)]
    assert "Une place de stationnement est-elle comprise dans ce loyer" in page
    hidden = {one.get("name"): one.get("value") for one in parse(page) if one.get("type") == "hidden"}
    typed = {"rent": "415", "charges": "38", "share": "whole", "full_month": "yes", "furnished": "no"}
    assert browser.post(f"{AT}/loyer", data={**hidden, **typed, "parking_included": "no"}).status_code == 303
    [sent] = services.sent("PUT", f"/api/declaration/v1/declarations/{DECLARATION}/draft")
    assert sent["rent"]["parking_included"] is False
    assert "Stationnement compris" in browser.get(f"{AT}/synthese").text
    row = contract("declaration")["components"]["schemas"]["DraftRow"]["examples"][0]
    row = {**row, "cells": {**row["cells"], "parking_included": "non"}}
    services.on("GET", "/api/declaration/v1/drafts", {"items": [row], "next_cursor": None})
    assert [one.tag for one in parse(browser.get("/declarer/tableau").text) if one.get("id") == "l0-parking_included"]
