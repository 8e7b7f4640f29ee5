"""Guard over what the pages are sent: no form, query or address makes one of them fail.

With the forms' tokens off, so that what a form holds is read; nobody has signed in.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chassis import keys
from chassis.testing.plugin import HarnessFactory
from flask import Flask
from identity.pages.application import create_pages
from test_guard_pages import portal, rules

from launcher import dev_mailbox, services

FORM = "application/x-www-form-urlencoded"
FIELDS = ("login", "password", "email", "user_number", "code", "again")
PARAMETERS = ("token", "client_id", "max_age", "suite", "cursor")
NAMES = (*FIELDS, *PARAMETERS)
LONG = "x" * 400_000
VALUES = ("", "%00", "%ff%fe", "%ed%a0%80", "9" * 5000)
ADDRESSES = ('"a b"@x.example', "a@b", "a@[127.0.0.1]", "../..")
PART = b'Content-Disposition: form-data; name="login"'
BODIES: list[tuple[str, bytes]] = [
    (FORM, b""),
    (FORM, b"&&=&%"),
    (FORM, b"\xff\0=\xff"),
    *((FORM, "&".join(f"{name}={value}" for name in NAMES).encode()) for value in VALUES + ADDRESSES),
    (FORM, "&".join(f"{name}=a&{name}=b" for name in NAMES).encode()),
    (FORM, f"login={LONG}".encode()),
    (FORM, b"&".join(b"f%d=1" % number for number in range(5000))),
    ("application/json", b'{"login": "a"}'),
    ("application/json", b"[" * 100_000),
    ("multipart/form-data", b"nothing"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\xff\0\r\n--x--\r\n',
    ),
    ("nonsense", b"login=a"),
    ("", b"login=a"),
]
DEV = (
    *("/dev/letters/../x", "/dev/letters/..%2f..%2fx.zip/y.pdf", "/dev/letters/%2e%2e/%2e%2e/x.zip/y.pdf"),
    *("/dev/letters/%00", "/dev/letters/a%00.zip/b", "/dev/letters/%ff", "/dev/letters//etc/passwd"),
    *("/dev/letters/.zip/", "/dev/letters/" + "x" * 5000),
    *("/dev/mailbox/..", "/dev/mailbox/%2e%2e%2fx", "/dev/mailbox/%00", "/dev/mailbox/%ff"),
)


@pytest.fixture(params=["identity", "portal", "dev"])
def pages(request: pytest.FixtureRequest, harness: HarnessFactory, sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "portal":
        app = portal(tmp_path)
        yield app
        app.extensions["portal_engine"].dispose()
        return
    secrets = keys.generate()
    own: dict[str, Any] = {"identity_key": secrets["BAILLEURS_IDENTITY_KEY"], "public_url": "http://localhost:8080"}
    if request.param == "identity":
        yield create_pages(harness(services.load("identity"), sqlite_url, **own).runtime)
        return
    kept = {"mailbox_dir": str(tmp_path / "mailbox"), "print_url": f"file://{tmp_path}/print"}
    yield dev_mailbox.create([harness(services.load("notification"), sqlite_url, **kept).runtime])


def test_no_page_fails_by_what_it_is_sent(pages: Flask) -> None:
    pages.config["WTF_CSRF_ENABLED"] = False
    client, failed = pages.test_client(), list[tuple[object, ...]]()
    for method, rule, address in rules(pages):
        # Not 503: the portal's services are away, and it says so.
        for query in ("", "%00=%ff", *(f"{name}={value}" for name in PARAMETERS for value in VALUES[:4])):
            if method == "GET":
                answer = client.get(address, query_string=query)
                failed += [(method, rule, query)] if answer.status_code == 500 else []
        for kind, body in BODIES if method != "GET" else ():
            answer = client.open(address, method=method, data=body, content_type=kind)
            failed += [(method, rule, kind, body[:40])] if answer.status_code == 500 else []
    for address in DEV:
        answer = client.get(address)
        failed += [("GET", address)] if answer.status_code >= 500 else []
    assert failed == []
