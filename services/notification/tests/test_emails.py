"""Every e-mail: what it may never say, then how it looks (snapshots in `__snapshots__`)."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from notification.domain.messages import Template
from notification.domain.variables import Value
from notification.emails import Content, MissingVariableError, Recipient, Sender, compose, write
from notification.emails.computed import REASONS
from notification.emails.notices import NOTICES
from notification.emails.rendering import FOLDER, declared
from syrupy.assertion import SnapshotAssertion

SIGN_IN = "https://bailleurs.example/compte/connexion"
HELP = "https://bailleurs.example/compte/aide-connexion"
LINKS = {"sign_in_url": SIGN_IN, "help_url": HELP}
CODE = "ACDE-FGHJ"
LINK = "https://bailleurs.example/compte/connexion/lien/ouvrir?jeton=eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmVk"
LOGIN, PASSWORD = "BX7K-2M4Q", "KDTW-7QXP-M3RB-9ZFH"
CAMPAIGN = {
    "name": "SCI des Lilas",
    "year": 2027,
    "deadline": "2027-10-01",
    "user_number": "35900007090001",
    "caf_name": "Caf d’Ille-et-Vilaine",
    "caf_telephone": "3230",
    **LINKS,
}
CREDENTIALS = {"name": "Mme Ada Durand", "purpose": "creation", **LINKS}
VALUES: dict[Template, dict[str, Any]] = {
    Template.LOGIN: {**CREDENTIALS, "login": LOGIN},
    Template.PROVISIONAL_PASSWORD: {
        **CREDENTIALS,
        "password": PASSWORD,
        "expires_at": "2027-07-04T08:00:00+00:00",
        "two_messages": True,
    },
    Template.EMAIL_CONFIRMATION: {
        "name": "Mme Ada Durand",
        "code": CODE,
        "expires_at": "2027-07-04T08:00:00+00:00",
        "account_url": "https://bailleurs.example/compte/securite",
    },
    Template.EMAIL_TAKEN: {"name": "Mme Ada Durand", "help_url": HELP},
    Template.SIGN_IN_LINK: {"name": "Mme Ada Durand", "link": LINK, "expires_at": "2027-07-04T08:00:00+00:00"},
    Template.JULY: {**CAMPAIGN, "tenancies": 3},
    Template.REMINDER: {**CAMPAIGN, "remaining": 2},
    Template.ANSWERED: {
        "name": "SCI des Lilas",
        "year": 2027,
        "integrated": 12,
        "questions": 2,
        "rejected": 1,
        "caf_name": "Caf d’Ille-et-Vilaine",
        "caf_telephone": "3230",
        **LINKS,
    },
    Template.REPORT_ANSWERED: {
        "name": "SCI des Lilas",
        "number": "S27-7K3M-Q2XW-9ZTB-4HFD",
        "kind": "missing_tenant",
        "outcome": "refused",
        "report_url": "https://bailleurs.example/signalements/01973f50-0000-7000-8000-0000000000e1",
        "help_url": "https://bailleurs.example/aide/premiere-connexion",
    },
    Template.RECAP: {
        "name": "SCI des Lilas",
        "year": 2027,
        "reference": "R27-7K3M-Q2XW-9ZTB-4HFD",
        "received_at": "2027-08-30T21:58:03+00:00",
        "link": "https://bailleurs.example/declarer",
    },
    Template.BATCH_RECAP: {
        "name": "SCI des Lilas",
        "year": 2027,
        "reference": "L27-7K3M-Q2XW-9ZTB-4HFD",
        "declarations": 1234,
        "ended_at": "2027-08-30T21:58:03+00:00",
        "link": "https://bailleurs.example/declarer/lots/01973f50-0000-7000-8000-0000000000c1",
    },
    Template.SECURITY_NOTICE: {
        "name": "Mme Ada Durand",
        "kind": "factor_added",
        "factor": "passkey",
        "happened_at": "2027-08-30T21:58:03+00:00",
        "account_url": "https://bailleurs.example/compte/securite",
        "help_url": HELP,
    },
}
each = pytest.mark.parametrize("template", sorted(VALUES))


def everything(content: Content) -> str:
    return content.subject + content.text + content.html


def test_each_secret_stands_in_one_email_only() -> None:
    owners = {
        PASSWORD: Template.PROVISIONAL_PASSWORD,
        LOGIN: Template.LOGIN,
        CODE: Template.EMAIL_CONFIRMATION,
        LINK: Template.SIGN_IN_LINK,
    }
    for secret, owner in owners.items():
        assert [template for template in sorted(VALUES) if secret in everything(write(template, VALUES[template]))] == [
            owner
        ]


@each
def test_a_secret_never_stands_in_the_subject(template: Template) -> None:
    subject = write(template, VALUES[template]).subject
    assert PASSWORD not in subject
    assert LOGIN not in subject
    assert CODE not in subject


def test_no_email_can_be_given_a_tenant_an_amount_or_an_address() -> None:
    for template in Template:
        assert not {"tenant", "tenants", "rent", "charges", "total", "address"} & set(declared(template)), template


REQUIRED = [
    (template, name)
    for template in Template
    for name, kind in declared(template).items()
    if kind not in (Value.TEXT_OR_NONE, Value.USER_NUMBER_OR_NONE)
]


@pytest.mark.parametrize(("template", "missing"), REQUIRED)
def test_a_missing_variable_is_an_error_that_names_it_and_shows_no_value(template: Template, missing: str) -> None:
    values = {key: value for key, value in VALUES[template].items() if key != missing}
    with pytest.raises(MissingVariableError) as error:
        write(template, values)
    assert missing in str(error.value)
    assert PASSWORD not in str(error.value)


@each
def test_what_a_person_wrote_is_escaped_in_the_html(template: Template) -> None:
    content = write(template, {**VALUES[template], "name": "<script>alert(1)</script>"})
    assert "<script>" not in content.html


@each
def test_the_email_is_what_was_agreed(template: Template, snapshot: SnapshotAssertion) -> None:
    content = write(template, VALUES[template])
    assert content.subject == snapshot(name="subject")
    assert content.text == snapshot(name="text")
    assert content.html == snapshot(name="html")


def test_a_forgotten_password_speaks_of_one_email_only(snapshot: SnapshotAssertion) -> None:
    values = {**VALUES[Template.PROVISIONAL_PASSWORD], "purpose": "password_recovery", "two_messages": False}
    assert write(Template.PROVISIONAL_PASSWORD, values).text == snapshot


@each
def test_the_html_is_in_french_and_links_say_where_they_lead(template: Template) -> None:
    html = write(template, VALUES[template]).html
    assert '<html lang="fr"' in html
    assert "{{" not in html
    assert re.search(r"<title>\S", html)
    assert "<img" not in html


@each
def test_every_link_of_the_html_is_in_the_text_too(template: Template) -> None:
    content = write(template, VALUES[template])
    links = set(re.findall(r'href="(https://bailleurs[^"]+)"', content.html))
    assert links
    assert {link for link in links if link not in content.text} == set()


@each
def test_the_french_is_typographic(template: Template) -> None:
    content = write(template, VALUES[template])
    for sentence in (content.subject, content.text):
        assert "'" not in sentence
        assert not re.search(r"\w [:;?!»]", sentence)


def test_the_july_email_carries_deadline_year_and_user_number() -> None:
    content = write(Template.JULY, VALUES[Template.JULY])
    for part in (content.text, content.html):
        assert "1er octobre 2027" in part
        assert "359\u00a000007090001" in part
        assert "juillet 2027" in part


def test_every_purpose_of_credentials_has_its_reason() -> None:
    for purpose, reason in REASONS.items():
        assert reason in write(Template.LOGIN, {**VALUES[Template.LOGIN], "purpose": purpose}).text


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_every_kind_of_security_notice_says_what_happened_and_what_to_do(kind: str) -> None:
    content = write(Template.SECURITY_NOTICE, {**VALUES[Template.SECURITY_NOTICE], "kind": kind})
    notice = NOTICES[kind]
    assert notice.title in content.subject
    for sentence in (notice.expected, notice.otherwise, notice.fact.format(factor="une clé d’accès")):
        assert sentence in content.text
    for part in (content.subject, content.text):
        assert "'" not in part
        assert not re.search(r"\w [:;?!»]|« ", part)


def test_the_kinds_of_security_notice_are_those_of_the_event() -> None:
    schema = json.loads((Path(__file__).parents[2] / "identity/events/security_notice.v1.json").read_text())
    assert set(NOTICES) == set(schema["properties"]["data"]["properties"]["kind"]["enum"])


def test_every_message_has_the_folder_of_its_name_and_every_folder_its_message() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert folders == set(Template) == set(VALUES)


@each
def test_the_message_goes_through_any_gateway_and_is_the_same_each_time(template: Template) -> None:
    def once() -> bytes:
        return compose(
            write(template, VALUES[template]),
            message_id=UUID(int=7),
            sender=Sender("Mon Compte Partenaire – Offre Bailleurs", "ne-pas-repondre@example.org", "example.org"),
            recipient=Recipient("Élodie Durand", "elodie@example.org"),
            at=datetime(2027, 7, 1, 8, 0, tzinfo=UTC),
        ).as_bytes()

    sent = once()
    assert sent == once()
    assert sent.isascii()
    assert max(map(len, sent.splitlines())) <= 998
    head = sent.partition(b"\r\n\r\n")[0].decode()
    for header in (
        f"Message-ID: <{UUID(int=7)}@example.org>",
        "Auto-Submitted: auto-generated",
        "Content-Language: fr",
        "multipart/alternative",
    ):
        assert header in head


def test_templates_are_packaged_with_the_code() -> None:
    assert Path(FOLDER, "_shared", "head.mjml").is_file()
