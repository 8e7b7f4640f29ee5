"""A page drawn once for everybody: each browser still gets its own token, and what was left for it to read."""

import json

import pytest
from flask import Flask, flash, template_rendered
from flask.typing import ResponseReturnValue
from sqlalchemy import MetaData
from webui.blank import render_blank
from webui.kept_forms import KeptForms, kept_form_table
from webui.sent_forms import MARK
from webui.testing import parse
from webui_demo import DemoForm


@pytest.fixture
def app(app: Flask) -> Flask:
    @app.route("/vierge", methods=["GET", "POST"])
    def blank() -> ResponseReturnValue:
        if DemoForm().validate_on_submit():
            return "accepted"
        return render_blank("everything.html", lambda: {"form": DemoForm(), "links": []})

    @app.get("/message")
    def message() -> str:
        flash("À lire une fois", "success")
        return "left"

    return app


def token_of(html: str) -> str:
    return next(one.get("value") or "" for one in parse(html) if one.get("name") == "csrf_token")


def test_the_token_of_another_browser_is_refused(app: Flask) -> None:
    mine, other = app.test_client(), app.test_client()
    other.get("/vierge")
    answer = other.post("/vierge", data={"csrf_token": token_of(mine.get("/vierge").text), "name": "Martin"})
    assert answer.status_code == 400


def test_each_browser_gets_a_token_of_its_own_that_its_form_is_accepted_with(app: Flask) -> None:
    for client in (app.test_client(), app.test_client()):
        token = token_of(client.get("/vierge").text)
        answer = client.post("/vierge", data={"csrf_token": token, "name": "Martin", "kind": "c", "present": "yes"})
        assert answer.text == "accepted"


def test_it_is_drawn_once(app: Flask) -> None:
    drawn = []
    with template_rendered.connected_to(lambda *_, **__: drawn.append(1), app):
        pages = {app.test_client().get("/vierge").text for _ in range(3)}
    assert len(drawn) == 1
    assert len(pages) == 3


def test_a_message_left_for_a_person_is_shown_to_that_person_alone(app: Flask) -> None:
    client = app.test_client()
    client.get("/message")
    assert "À lire une fois" in client.get("/vierge").text
    assert "À lire une fois" not in client.get("/vierge").text
    assert "À lire une fois" not in app.test_client().get("/vierge").text


def test_the_mark_of_an_account_is_not_in_what_is_kept_for_the_others(app: Flask) -> None:
    """Two accounts, then nobody: each form says whose it is, or says nothing."""
    whose = {"owner": ""}
    kept = KeptForms(
        engine=lambda: app.extensions["demo_engine"],
        table=kept_form_table(MetaData()),
        seal=json.dumps,
        unseal=json.loads,
        owner=lambda: whose["owner"],
        not_kept={},
        drop="everything",
        left=lambda _answer: False,
    )
    kept.install(app)
    for owner in ("anne", "louise", ""):
        whose["owner"] = owner
        page = app.test_client().get("/vierge").text
        marks = [one.get("value") for one in parse(page) if one.get("name") == MARK]
        assert "mark-of-this-account" not in page
        assert {kept.signer.loads(mark)[0] for mark in marks} == ({kept.hashed("owner", owner)} if owner else set())
