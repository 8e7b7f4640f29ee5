"""Headers made of data, on the wire: whatever a name holds, one To, one Subject, one address, the body as it was.

Written by the Python that runs the tests, and by the one of the images.
"""

import json
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis import texts
from hypothesis import given
from hypothesis import strategies as st
from notification.emails import Content, Recipient, Sender, compose, headers
from notification.mailers import SmtpMailer, SmtpServer

ADDRESS = "ada@example.org"
SENDER = Sender("Mon Compte Partenaire – Offre Bailleurs", "ne-pas-repondre@example.org", "example.org")
BODY = "Bonjour à vous,\n\nvotre déclaration est reçue.\n"
EXPECTED = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
}
FORGED = "=?utf-8?q?A=0D=0ASubject:_X=0D=0A=0D=0Ahello=0D=0A?="
HOSTILE = (
    FORGED,
    f"Zoé {FORGED}",
    f'"{FORGED}"',
    FORGED.replace("=?", "==??", 1),
    "=?utf-8?b?QQ0KQmNjOiB6QHouZXhhbXBsZQ0KDQpoZWxsbw==?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3FA=3D0D=3D0ABcc=3A_z=3F=3D?=",
    "=?iso-8859-1*fr?Q?a=0Ab?= =?utf-8?q?=0D?= =?utf-8?q?=0A?=",
    "A\r\nBcc: z@z.example",
    "A\nSubject: X\n\nhello",
    "A\u2028Bcc: z@z.example",
    "A\x00\x0bB",
    "\u202eelpmaxe",
    '"\\" <z@z.example>, Zoé',
    "Dupont, Marie (SCI); groupe: a@z.example;",
    "X" * 300,
    "é" * 300,
    "",
)


def sent(name: str, subject: str = "Reçu") -> EmailMessage:
    return compose(
        Content(subject=subject, text=BODY, html="<p>Bonjour à vous</p>"),
        message_id=UUID(int=1),
        sender=SENDER,
        recipient=Recipient(name, ADDRESS),
        at=datetime(2027, 7, 1, 8, 0, tzinfo=UTC),
    )


def check(raw: bytes, name: str, subject: str = "Reçu") -> EmailMessage:
    received: Any = BytesParser(policy=policy.default).parsebytes(raw)
    assert sorted(received.keys()) == sorted(EXPECTED)
    (to,) = received.get_all("To")
    assert [each.addr_spec for each in to.addresses] == [ADDRESS]
    # The parser of Python 3.11 and 3.12 puts a space between two encoded words of a name, where there is none.
    assert "".join(to.addresses[0].display_name.split()) == "".join(headers.one_line(name).split())
    assert received.get_all("Subject") == [headers.one_line(subject)]
    assert received.get_body(("plain",)).get_content().replace("\r\n", "\n") == BODY
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message: EmailMessage = received
    return message


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_adds_no_header_and_no_body_to_what_the_relay_receives(smtp_relay: Any, name: str) -> None:
    with closing(SmtpMailer(SmtpServer(smtp_relay.host, smtp_relay.port, security="none", timeout=5))) as mailer:
        mailer.send(sent(name), envelope_from="retours@example.org", recipient=ADDRESS)
    assert smtp_relay.relay.envelopes == [("retours@example.org", [ADDRESS])]
    (raw,) = smtp_relay.relay.contents
    received = check(raw, name)
    # A gateway, or a mailbox, that reads and writes the message again decodes it a second time.
    again: Any = BytesParser(policy=policy.default).parsebytes(
        received.as_bytes(policy=policy.SMTP.clone(refold_source="all"))
    )
    assert sorted(again.keys()) == sorted(EXPECTED)
    assert again.get_all("Subject") == ["Reçu"]


PIECES = st.sampled_from(["=?", "?=", "utf-8?q?", "=0D=0A", "é", '"', "<a@z.example>", ",", ":", " ", "\r\n", "=", "?"])
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=30).map("".join))


@given(name=TEXTS, subject=TEXTS.filter(lambda text: headers.one_line(text) != ""))
def test_no_name_and_no_subject_gets_out_of_its_header(name: str, subject: str) -> None:
    check(sent(name, subject).as_bytes(), name, subject)


@given(TEXTS)
def test_what_a_header_shows_is_one_line_that_nobody_decodes_again(name: str) -> None:
    shown = headers.one_line(name)
    assert texts.refused(shown) is None or "\u200c" in shown or "\u200d" in shown
    assert headers.ENCODED_WORD not in shown


@pytest.mark.parametrize(
    "address",
    [
        "a\r\nBcc: z@z.example",
        "=?utf-8?q?a=0D=0ABcc:_z?=@example.org",
        "a@example.org>, <z@z.example",
        "a@=?utf-8?q?example=2Eorg?=",
        "rené@example.org",
        "a@hôtel.example",
        '"a b"@example.org',
        "a@[127.0.0.1]",
        "a@example",
        "",
    ],
)
def test_an_address_that_no_relay_carries_is_refused_before_anything_is_said(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        headers.mailbox("To", "Ada", address)


WRITE = """
import importlib.util, json, pathlib, sys
where = pathlib.Path("/headers.py")
found = importlib.util.spec_from_file_location("headers", where)
headers = importlib.util.module_from_spec(found)
found.loader.exec_module(headers)
from email.message import EmailMessage
from email.policy import SMTP
def wire(name):
    message = EmailMessage(policy=SMTP)
    message["To"] = headers.mailbox("To", name, "ada@example.org")
    message["Subject"] = headers.text("Subject", name)
    return message.as_bytes().decode("ascii")
print(json.dumps([sys.version_info[:2], [wire(name) for name in json.load(sys.stdin)]]))
"""


@pytest.mark.containers
def test_the_python_of_the_images_writes_the_same_bytes() -> None:
    image = (Path(__file__).parents[3] / "deploy" / "images" / "Dockerfile").read_text().split("FROM ", 1)[1].split()[0]
    mounts = {headers.__file__: "/headers.py", str(Path(texts.__file__).parent): "/lib/chassis"}
    volumes = [part for host, inside in mounts.items() for part in ("--volume", f"{host}:{inside}:ro")]
    names = [*HOSTILE, *map("".join, product(("Zoé ", FORGED), ("L’Héritier", '"a", <b@c.example>')))]
    command = ["docker", "run", "--rm", "--interactive", "--network", "none", *volumes, "--env", "PYTHONPATH=/lib"]
    finished = subprocess.run(  # noqa: S603 - a fixed command
        [*command, image, "python", "-c", WRITE], input=json.dumps(names), capture_output=True, text=True, check=True
    )
    version, theirs = json.loads(finished.stdout)
    assert tuple(version) >= (3, 13)
    for name, wire in zip(names, theirs, strict=True):
        ours = EmailMessage(policy=policy.SMTP)
        ours["To"], ours["Subject"] = headers.mailbox("To", name, ADDRESS), headers.text("Subject", name)
        assert wire == ours.as_bytes().decode("ascii")
