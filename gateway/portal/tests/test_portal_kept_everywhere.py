"""Every form of the portal that is typed in is given back filled in, or the portal says why it is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from portal import keeping
from portal_forms import NOTICE, RETURN, Form, come_back, end_sessions, link, typed_over
from portal_stand_ins import (
    ACCOUNT,
    COLLEAGUE,
    DECLARATION,
    DELEGATE,
    DOCUMENT,
    FakeIdentity,
    FakeServices,
    SignIn,
    example,
)
from test_portal_accounts import RESET, SHOWN
from test_portal_grid import DRAFTS, row
from test_portal_journey import finish
from webui.forms import PageForm
from webui.testing import page_checks
from wtforms import PasswordField

API = "/api/declaration/v1"
EXPORT = example("declaration", "/exports/{export_id}", "get")["id"]
PAPER = example("declaration", "/papers/{paper_id}", "get")
REPORT = example("declaration", "/tenant-reports/{report_id}", "get")
LANDLORD: dict[str, object] = {}
AGENT = {"kind": "agent", "caf": "359"}
SUPERVISOR = {"kind": "agent", "supervisor": True}
Setting = Callable[[FakeServices], None]


def nothing(_services: FakeServices) -> None:
    return


def some_rows(services: FakeServices) -> None:
    services.on("GET", DRAFTS, {"items": [row()], "next_cursor": None})


def an_account(services: FakeServices) -> None:
    services.on("GET", f"/api/identity/v1/accounts/{ACCOUNT}", SHOWN)


def complete_paper(services: FakeServices) -> None:
    services.paper |= {"draft": services.declaration["draft"], "total": "550.30", "missing": []}
    services.paper["to_confirm"] = services.declaration["checks"]["to_confirm"]


def open_report(services: FakeServices) -> None:
    services.on("GET", f"{API}/tenant-reports/{REPORT['id']}", {**REPORT, "state": "received", "answer": None})


@dataclass(frozen=True)
class Case:
    """`page` shows the form; it goes to `action`, the page itself unless given."""

    page: str
    claims: Mapping[str, object] = field(default_factory=dict)
    setting: Setting = nothing
    action: str = ""


CASES = {
    "declare.informations": Case(f"/declarer/{DECLARATION}/informations"),
    "declare.situation": Case(f"/declarer/{DECLARATION}/situation"),
    "declare.loyer": Case(f"/declarer/{DECLARATION}/loyer"),
    "declare.synthese": Case(f"/declarer/{DECLARATION}/synthese"),
    "declare.grid": Case("/declarer/tableau", setting=some_rows),
    "declare.amendment": Case(f"/declarer/{DECLARATION}/rectification", setting=finish),
    "habilitation.new_user": Case("/habilitations/utilisateurs/nouveau"),
    "habilitation.new_group": Case("/habilitations/groupes/nouveau"),
    "habilitation.withdraw": Case(f"/habilitations/utilisateurs/{COLLEAGUE}/retrait"),
    "habilitation.delegation": Case(f"/habilitations/utilisateurs/{COLLEAGUE}/delegation"),
    "habilitation.withdraw_delegation": Case(f"/habilitations/utilisateurs/{DELEGATE}/delegation/retrait"),
    "reports.missing": Case("/signalements/locataire-absent"),
    "reports.gone": Case(f"/signalements/plus-mon-locataire/{DECLARATION}"),
    "reports.one": Case(f"/signalements/{REPORT['id']}", AGENT, open_report),
    "campaigns.new": Case("/agent/campagnes/nouvelle", SUPERVISOR),
    "campaigns.dates": Case("/agent/campagnes/2026/dates?caf=359", SUPERVISOR, action="/agent/campagnes/2026/dates"),
    "landlords.move": Case(f"/agent/bailleurs/{DOCUMENT}/caf", SUPERVISOR),
    "letters.acknowledge": Case(f"/agent/courriers/{DOCUMENT}/reception", AGENT),
    "accounts.act": Case(f"/agent/comptes/{ACCOUNT}/suspension", AGENT, an_account),
    "factor_resets.decide": Case(f"/agent/verifications/{ACCOUNT}/{RESET}/accord", AGENT, an_account),
    "exports.index": Case("/agent/exports", SUPERVISOR),
    "exports.acknowledge": Case(f"/agent/exports/{EXPORT}/reception", AGENT),
    "answers.index": Case("/agent/reponses", SUPERVISOR),
    "papers.index": Case("/agent/papier", AGENT),
    "papers.begin": Case(f"/agent/papier/pour/{DECLARATION}", AGENT),
    "papers.sheet": Case(f"/agent/papier/{PAPER['id']}", AGENT),
    "papers.decision": Case(f"/agent/papier/{PAPER['id']}/decision", AGENT, complete_paper),
    "papers.discard": Case(
        f"/agent/papier/{PAPER['id']}/decision", AGENT, complete_paper, f"/agent/papier/{PAPER['id']}/ecartement"
    ),
}
# Templates with a form of which no page of CASES is made.
APART = {
    "_conflict.html": "sends again what a step or a sheet had sent, to their own addresses",
    "agent/confirm_dates.html": "what was typed on the page of the dates, to its address",
    "agent/confirm_campaign.html": "campaigns.act is among those of which nothing is kept",
    "agent/open_all.html": "campaigns.open_all is among those of which nothing is kept",
    "agent/accounts.html": "accounts.search is among those of which nothing is kept",
    "agent/registry.html": "registry.index is among those of which nothing is kept",
    "declare/abandonment.html": "declare.abandonment is among those of which nothing is kept",
    "declare/file.html": "declare.application is among those of which nothing is kept",
    "declare/files.html": "declare.files is among those of which nothing is kept",
    "declare/lots.html": "declare.lots is among those of which nothing is kept",
    "habilitation/send_credentials.html": "habilitation.send_credentials is among those of which nothing is kept",
}


def opened(sign_in: SignIn, services: FakeServices, case: Case) -> tuple[FlaskClient, str]:
    case.setting(services)
    browser = sign_in(**case.claims)
    page = browser.get(case.page)
    assert page.status_code == 200, page.location
    return browser, page.text


@pytest.mark.parametrize("endpoint", CASES)
def test_what_was_typed_is_given_back_and_nothing_is_sent(
    sign_in: SignIn, services: FakeServices, identity: FakeIdentity, portal: Flask, endpoint: str
) -> None:
    case = CASES[endpoint]
    action = case.action or case.page
    browser, page = opened(sign_in, services, case)
    typed = typed_over(page, action)
    end_sessions(portal)
    services.calls.clear()
    expired = browser.post(action, data=typed)
    assert (expired.status_code, page_checks(expired.text)) == (400, [])
    landed = come_back(browser, identity, link(expired.text, RETURN), **case.claims)
    assert landed == case.page
    again = browser.get(landed)
    assert (again.status_code, page_checks(again.text), NOTICE in again.text) == (200, [], True)
    found = Form.of(again.text, action)
    assert found.shown() == {name: typed[name] for name in found.open}
    assert len(found.open) > 0
    # As somebody may have acted since: the version that was shown then goes along.
    for name in typed:
        if name.rpartition("-")[2] in ("etag", "version", "seen", "base", "for"):
            assert found.fields[name] == typed[name]
    assert {call.method for call in services.calls} <= {"GET"}


def test_every_form_is_given_back_or_says_why_it_is_not(portal: Flask) -> None:
    posts = {rule.endpoint for rule in portal.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts == set(CASES) | set(keeping.NOT_KEPT)
    assert not set(CASES) & set(keeping.NOT_KEPT)
    assert all(len(reason) > 8 for reason in keeping.NOT_KEPT.values())
    adapter = portal.url_map.bind("localhost")
    for endpoint, case in CASES.items():
        assert adapter.match((case.action or case.page).partition("?")[0], "POST")[0] == endpoint


def test_no_template_with_a_form_is_forgotten(sign_in: SignIn, services: FakeServices, portal: Flask) -> None:
    seen: set[str] = set()

    def note(_app: Flask, template: Template, **_: Any) -> None:
        seen.add(str(template.name))

    with template_rendered.connected_to(note, portal):
        for case in CASES.values():
            opened(sign_in, services, case)
            services.declaration = example("declaration", "/declarations/{declaration_id}", "get")
    environment = portal.jinja_env
    assert environment.loader is not None
    with_form = set()
    for name in environment.list_templates():
        source = environment.loader.get_source(environment, name)[0]
        if not name.startswith(("webui/", "govuk")) and ("ui.form(" in source or 'method="post"' in source):
            with_form.add(name)
            # A form of its own would carry no mark.
            assert 'method="post"' not in source, name
            assert "ui.password(" not in source, name
    assert with_form - seen == set(APART)


def test_no_form_of_the_portal_asks_for_a_password() -> None:
    kinds = [PageForm]
    for kind in kinds:
        kinds += kind.__subclasses__()
        members = [getattr(kind, name) for name in dir(kind)]
        fields = [each.field_class for each in members if hasattr(each, "field_class")]
        assert kind.__module__.startswith("portal.") is False or PasswordField not in fields, kind
