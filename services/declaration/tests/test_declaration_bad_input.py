"""Values that nobody should send, over HTTP: each is refused by its field with its rule and an example, or taken."""

import json
from typing import Any

import pytest
from declaration_cases import GONE, INFORMATION, OWING, RENT
from declaration_desk import Desk, named
from declaration_exchange import lot

# Steps, over HTTP: what is changed in a step, where the answer points, its code; None when it is taken.
STEPS: list[tuple[str, dict[str, Any], str, str | None]] = [
    *(
        ("rent", {**RENT, "rent": text}, "/rent/rent", code)
        for text, code in {
            "450 €": None,
            "450€": None,
            "1 234,50": None,
            "1\u202f234,50": None,
            "1\u00a0234,50": None,
            "1234.5": None,
            "0": None,
            "99999,99": None,
            "100000": "amount_too_high",
            "1.234,50": "amount",
            "12,345": "amount",
            "0,001": "amount",
            "-450": "amount",
            "\u2212450": "amount",
            "450,-": "amount",
            "4 5 0": "amount",
            "４５０": "amount",
            "٤٥٠": "amount",
            "450 EUR": "amount",
            "environ 450": "amount",
            "=450": "amount",
            "1e3": "amount",
            "NaN": "amount",
            "½": "amount",
            "450,": "amount",
            ",50": "amount",
            "   ": "amount",
            "": "required",
        }.items()
    ),
    *(
        ("situation", {**GONE, "left_on": text}, "/situation/left_on", code)
        for text, code in {
            "2016-09-01": None,
            "2016-08-31": "left_on_before_entry",
            "9999-12-31": "left_on_in_future",
            "0026-07-15": "date_too_early",
            "1899-12-31": "date_too_early",
            "2026-02-31": "date",
            "31/02/2026": "date",
            "2026-7-1": "date",
            "01/07/26": "date",
            "20260701": "date",
            "2026-W27-3": "date",
            "２０２６-07-01": "date",
            "": "required",
        }.items()
    ),
    ("information", {**INFORMATION, "lease_start": "0016-09-01"}, "/information/lease_start", "date_too_early"),
    ("information", {**INFORMATION, "lease_start": "9999-01-01"}, "/information/lease_start", "entered_after_july"),
    ("situation", {**OWING, "arrears_amount": "0,00"}, "/situation/arrears_amount", "arrears_zero"),
    (
        "situation",
        {**OWING, "first_default_on": "2016-08-31"},
        "/situation/first_default_on",
        "first_default_on_before_entry",
    ),
]


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register(lot(1), lot(2))
    world.open_campaign()
    return Desk(world, world.landlord())


def test_each_value_of_a_step_is_taken_or_refused_with_its_field_its_rule_and_an_example(desk: Desk) -> None:
    path = f"/declarations/{desk.drafts()[0]['id']}"
    etag = desk.world.get(path, desk.headers).headers["etag"]
    for step, raw, pointer, code in STEPS:
        answer = desk.world.put(f"{path}/draft", desk.headers, {step: raw}, **{"If-Match": etag})
        if code is None:
            assert answer.status_code == 200, (raw, answer.text)
            etag = answer.headers["etag"]
            continue
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), raw
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, code), raw
        assert all(error[part] for part in ("detail", "rule", "example")), raw
    assert desk.world.get(path, desk.headers).headers["etag"] == etag


def test_an_address_or_a_commune_with_an_invisible_character_is_refused_at_its_place(desk: Desk) -> None:
    path = f"/declarations/{desk.drafts()[0]['id']}"
    etag = desk.world.get(path, desk.headers).headers["etag"]
    for name, raw, at in (("address", ["2 RUE\u200bGINA PANE"], "address/0"), ("commune_insee", "Ren\u202enes", "")):
        body = {"information": {**INFORMATION, name: raw}}
        answer = desk.world.put(f"{path}/draft", desk.headers, body, **{"If-Match": etag})
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (400, "characters")
        assert error["pointer"] == f"/information/{at or name}"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=ascii)
def test_letters_that_no_database_keeps_are_refused_wherever_they_stand(desk: Desk, text: str) -> None:
    """PostgreSQL takes no NUL, UTF-8 no half of a pair."""
    row = desk.drafts()[0]
    path = f"/declarations/{row['id']}"
    report = {"declaration_id": row["id"], "comment": text}
    acts: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [
        ("PUT", f"{path}/draft", desk.headers, {"information": {**INFORMATION, "address": [text]}}),
        ("PUT", f"{path}/draft", desk.headers, {"rent": {**RENT, "rent": text}}),
        ("PUT", f"{path}/draft", desk.headers, {"confirmations": {"zero_rent": text}}),
        ("PUT", "/drafts", desk.headers, {"rows": [{**named(row), "cells": {"rent": text}}]}),
        ("POST", f"{path}/amendments", desk.headers, {"reason": text}),
        ("POST", "/tenant-reports", desk.headers, {"kind": "no_longer_mine", **report}),
        ("POST", "/papers", desk.world.agent(), {"declaration_id": row["id"], "received_on": text}),
    ]
    for method, at, headers, body in acts:
        sent = {**headers, "content-type": "application/json", "If-Match": '"1"'}
        answer = desk.world.harness.client.request(
            method, f"/api/declaration/v1{at}", headers=sent, content=json.dumps(body).encode()
        )
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), (at, body)
    assert desk.drafts()[0] == row
