"""Odd queries and forms for every page of an application, generated from its URL map and its forms."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypedDict
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, IntegerConverter, RequestRedirect, UUIDConverter

from webui.testing.parsing import parse

UUID = "01973f50-0000-7000-8000-00000000000c"
FITTING: Mapping[type, str] = {UUIDConverter: UUID, IntegerConverter: "2026"}
FORM = "application/x-www-form-urlencoded"
# As bytes: some are not text.
VALUES = (
    *(b" ", b"\0", b"\xff\xfe", "\u202e\u0085\x1b\n".encode(), b"9" * 5000, b"NaN", "\u0661\u0662".encode()),
    *(b"2026-02-30", b"x" * 20_000, b"{}", UUID.encode()),
)
# For URLs, which are short.
IN_QUERY = tuple(value for value in VALUES if len(value) <= 5000)
QUERIES = ("%00=%ff&&=&;", "=", "a[]=1&a[]=2")
BODIES: tuple[tuple[str, bytes], ...] = (
    (FORM, b""),
    (FORM, b"&&=&%\xff\0=\xff"),
    (FORM, b"&".join(b"f%d=1" % number for number in range(3000))),
    ("application/json", b'{"a": 1}'),
    ("multipart/form-data", b"nothing"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\xff\0\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0.csv"\r\n\r\nPK\x03\x04\r\n--x--\r\n',
    ),
    ("nonsense", b"a=1"),
    ("", b"a=1"),
)


def rules(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(METHOD, rule, an address that matches it)."""
    for rule in app.url_map.iter_rules():
        values = {name: _fitting(converter) for name, converter in rule._converters.items()}
        built = rule.build(values)
        if built is None:
            raise ValueError(rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            yield method, rule.rule, built[1]


def _fitting(converter: object) -> str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return FITTING.get(type(converter), "x")


@dataclass
class Seen:
    """What the pages read: rule -> query parameter names, form fields with the values the page proposes."""

    queries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    forms: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def read(self, app: Flask, address: str, text: str) -> None:
        here = app.url_map.bind("localhost")
        for one in parse(text):
            if one.tag in ("input", "select", "textarea", "button") and one.get("name"):
                form = next((parent for parent in reversed(one.parents) if parent.tag == "form"), None)
                if form is None:
                    continue
                method = (form.get("method") or "get").upper()
                if rule := _rule(here, form.get("action") or address, method):
                    if method == "POST":
                        self.forms[rule].setdefault(one.get("name"), one.get("value"))
                    else:
                        self.queries[rule].add(one.get("name"))
            if one.tag == "a" and (rule := _rule(here, one.get("href"), "GET")):
                self.queries[rule] |= {name for name, _ in parse_qsl(urlsplit(one.get("href")).query)}


def _rule(here: object, address: str, method: str) -> str:
    path = urlsplit(address).path
    if not path.startswith("/"):
        return ""
    try:
        return str(here.match(path, method=method, return_rule=True)[0].rule)  # type: ignore[attr-defined]  # a MapAdapter
    except (HTTPException, RequestRedirect):
        return ""


def faults(app: Flask, enter: Callable[[], FlaskClient], known: Mapping[str, str] | None = None) -> list[str]:
    """The requests whose content causes a failure. `enter`: a signed-in client, a new one for each rule;
    `known`: rule -> an existing URL of it. CSRF checks are off, so that the form's content is read."""
    found = []
    with configured(app, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False):
        for what, status, content in asked(app, enter, known or {}):
            if status >= 500 or b"Traceback (most recent" in content:
                found.append(f"{what}: {status}")
    return found


@contextmanager
def configured(app: Flask, **options: bool) -> Iterator[None]:
    """For a moment only: the next test may get the same application."""
    before = dict(app.config)
    app.config.update(options)
    try:
        yield
    finally:
        app.config.clear()
        app.config.update(before)


def asked(app: Flask, enter: Callable[[], FlaskClient], known: Mapping[str, str]) -> Iterator[tuple[str, int, bytes]]:
    """(what was asked, the status and content of the answer)."""
    every = [(method, rule, known.get(rule, address)) for method, rule, address in rules(app)]
    seen, browser = Seen(), enter()
    for method, _, address in every:
        if method == "GET":
            seen.read(app, address, browser.get(address).text)
    for method, rule, address in every:
        browser = enter()
        requests = queries(seen.queries[rule]) if method == "GET" else bodies(seen.forms[rule])
        for what, options in requests:
            answer = browser.open(address, method=method, **options)
            yield f"{method} {rule}: {what}", answer.status_code, answer.data


class Sent(TypedDict, total=False):
    """Options of werkzeug's test client."""

    query_string: str
    data: bytes
    content_type: str


def queries(names: set[str]) -> Iterator[tuple[str, Sent]]:
    for query in QUERIES:
        yield query, {"query_string": query}
    for name in sorted(names):
        for value in IN_QUERY:
            yield f"{name}={value[:20]!r}", {"query_string": f"{name}={quote_from_bytes(value)}"}
        yield f"{name} twice", {"query_string": f"{name}=1&{name}=2"}
    for value in IN_QUERY:
        yield f"all={value[:20]!r}", {"query_string": "&".join(f"{name}={quote_from_bytes(value)}" for name in names)}


def bodies(fields: Mapping[str, str]) -> Iterator[tuple[str, Sent]]:
    """The form empty, then with each field missing, repeated or odd, the others as the page proposes them."""
    for kind, body in BODIES:
        yield f"{kind} {body[:20]!r}", {"data": body, "content_type": kind}
    given = {name: value.encode() for name, value in fields.items()}
    for name in fields:
        others = [(other, value) for other, value in given.items() if other != name]
        yield f"no {name}", _form(others)
        yield f"{name} twice", _form([*others, (name, b"1"), (name, b"2")])
        for value in VALUES:
            yield f"{name}={value[:20]!r}", _form([*others, (name, value)])
    for value in VALUES if fields else ():
        yield f"all={value[:20]!r}", _form([(name, value) for name in fields])


def _form(pairs: list[tuple[str, bytes]]) -> Sent:
    written = "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs)
    return {"data": written.encode(), "content_type": FORM}
