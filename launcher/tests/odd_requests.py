"""Odd requests made from an OpenAPI document: every operation of it gets them, those of tomorrow too."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import quote

METHODS = ("get", "put", "post", "delete", "patch")
BOUNDARY = "odd"
JSON = {"content-type": "application/json"}
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
# In a body these are written as they stand: some are no JSON that a library would make.
SURROGATE, NUL, HUGE, ENDLESS = '"\\ud800"', '"\\u0000"', "9" * 5000, "1e999"
RAW = {
    "nothing": b"",
    "half of it": b'{"a": ',
    "no JSON": b"a=1&b=2",
    "bad UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NUL": b"\0",
    "NaN": b"NaN",
    "a surrogate as name": b'{"\\ud800": 1}',
    "two of a name": b'{"a": 1, "a": 2}',
    **{f"{depth} lists": b"[" * depth + b"]" * depth for depth in (256, 1000, 100_000)},
    **{f"{depth} objects": b'{"a":' * depth + b"1" + b"}" * depth for depth in (256, 1000, 100_000)},
    **{
        text[:9]: text.encode() for text in ("null", "true", "[]", "{}", "1", SURROGATE, NUL, HUGE, f"-{HUGE}", ENDLESS)
    },
}
HEADERS: dict[str, dict[str, str]] = {
    "no type": {},
    "an empty type": {"content-type": ""},
    "half a type": {"content-type": "application"},
    "capitals": {"content-type": "Application/JSON"},
    "a space": {"content-type": " application/json ; charset=utf-8"},
    "other parameters": {"content-type": 'application/json; x="'},
    "text": {"content-type": "text/plain"},
    "a form": {"content-type": "application/x-www-form-urlencoded"},
    "parts without boundary": {"content-type": "multipart/form-data"},
    "parts": MULTIPART,
    "Latin-1": {"content-type": "application/json; charset=latin-1"},
    "no charset of this world": {"content-type": "application/json; charset=nothing"},
    "an empty charset": {"content-type": "application/json; charset="},
    "an odd key": {**JSON, "idempotency-key": "\u00ff" * 300},
    "an empty key": {**JSON, "idempotency-key": ""},
    "an odd version": {**JSON, "if-match": 'W/"\u00ff,,"'},
}
LEAVES = (
    *("1.0", "18446744073709551616", "null", "[]", "{}", '""', "-1"),
    *(HUGE, SURROGATE, NUL, f'"{"x" * 20_000}"', '"\\u202e\\u0085"'),
)
BY_FORMAT = {
    "date": ('"0000-00-00"', '"0001-01-01"', '"9999-12-31"', '"2026-02-30"', '"٢٠٢٦-01-01"'),
    "date-time": ('"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"2026-01-01T24:00:00Z"'),
    "uuid": ('"urn:uuid:00000000-0000-0000-0000-000000000000"', '"{00000000000000000000000000000000}"'),
    "email": (
        '"a@b"',
        '"\\"a b\\"@x.example"',
        '"a@[127.0.0.1]"',
        '"a@x..example"',
        '"é@x.example"',
        '"a\\n@x.example"',
    ),
}
QUERY = (
    "",
    "%00",
    "%ff",
    "%ed%a0%80",
    "%0a",
    "x" * 5000,
    "9" * 5000,
    "-1",
    "1e999",
    "%C2%85",
    "null",
    "%EF%BC%91",
    "+5",
    "5_0",
)
PATH = (
    "%00",
    "%ff",
    "%ed%a0%80",
    "%2e%2e",
    "%2e%2e%2f%2e%2e",
    "..",
    ".",
    "%2f",
    "a%0a",
    "9" * 5000,
    "-1",
    "null",
    "%20",
    "*",
)


def token_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


UUID = "01973f50-0000-7000-8000-00000000000c"
# What a cursor could be taken for: keys of other lists, of other orders, what is none at all.
CURSORS = (
    "é",
    "====",
    "W10",
    "bnVsbA",
    base64.urlsafe_b64encode(b"[" * 600).decode(),
    *map(token_of, ("x", "1", UUID, "9" * 100, "-1", "²", 1, None, [], "\ud800", "\0")),
    token_of("2026-01-01T00:00:00Z", UUID),
    token_of("x", UUID),
    token_of("2026-13-99T00:00:00Z", "x"),
    token_of("9999-12-31T23:59:59-14:00", UUID),
    *(token_of(*["x"] * length) for length in range(2, 8)),
)


@dataclass(frozen=True)
class Odd:
    """One request, and in what it is odd; `path` and `query` as they are on the wire.

    `inside`: it takes a look into the body to see it, which comes after knowing who asks.
    """

    operation: str
    what: str
    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    inside: bool = False


class Document:
    """`known`: name of a path parameter → one that exists."""

    def __init__(self, spec: dict[str, Any], base: str, known: Mapping[str, str]) -> None:
        self.spec, self.base, self.known = spec, base, known

    def requests(self) -> Iterator[Odd]:
        for operation in self.operations():
            yield from operation.requests()

    def operations(self) -> Iterator["Operation"]:
        for path, item in self.spec["paths"].items():
            for method in METHODS:
                if method in item:
                    yield Operation(self, path, method, item)

    def resolved(self, node: Any) -> Any:
        while "$ref" in node:
            found: Any = self.spec
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = {**found, **{name: value for name, value in node.items() if name != "$ref"}}
        return node

    def sample(self, schema: Any) -> Any:
        """A value that the schema lets through, or nearly."""
        schema = self.resolved(schema)
        if found := schema.get("examples") or schema.get("enum"):
            return found[0]
        for given in ("example", "const", "default"):
            if given in schema:
                return schema[given]
        for several in ("oneOf", "anyOf", "allOf"):
            if several in schema:
                return self.sample(schema[several][0])
        kind = schema.get("type", "object")
        return self._plain(kind if isinstance(kind, str) else kind[0], schema)

    def _plain(self, kind: str, schema: Any) -> Any:
        if kind == "object":
            return {name: self.sample(one) for name, one in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.sample(schema["items"])] if "items" in schema else []
        if kind == "string":
            formats = {"uuid": UUID, "date": "2026-07-01", "date-time": "2026-07-01T10:00:00Z", "email": "a@b.example"}
            return formats.get(schema.get("format", ""), "Reprise")
        return {"integer": schema.get("minimum", 1), "boolean": True}.get(kind)

    def leaves(self, schema: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
        """Each value inside, as its place and its format."""
        schema = self.resolved(schema)
        yield place, str(schema.get("format", ""))
        for name, one in schema.get("properties", {}).items():
            yield from self.leaves(one, (*place, name))
        if "items" in schema:
            yield from self.leaves(schema["items"], (*place, 0))
        for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
            yield from self.leaves(one, place)


class Operation:
    def __init__(self, document: Document, path: str, method: str, item: dict[str, Any]) -> None:
        self.document, self.template, self.method = document, path, method.upper()
        self.given = item[method]
        parameters = [*item.get("parameters", ()), *self.given.get("parameters", ())]
        self.parameters = [document.resolved(one) for one in parameters]
        self.content = document.resolved(self.given.get("requestBody", {})).get("content", {})

    def requests(self) -> Iterator[Odd]:
        yield from self._paths()
        yield from self._queries()
        if "application/json" in self.content:
            yield from self._bodies(self.content["application/json"])
        else:
            yield from self._uploads() if self.content else self._unwanted()

    def plain(self) -> Odd:
        """One that the contract lets in, or nearly: for what is odd elsewhere than in the request."""
        if "application/json" in self.content:
            return self.odd("plain", headers=JSON, body=json.dumps(self._good()).encode())
        more = {"headers": MULTIPART, "body": _part(b"x.csv", b"a;b\n1;2\n")} if self.content else {}
        return self.odd("plain", **more)

    def _good(self) -> Any:
        media = self.content["application/json"]
        return media.get("example") or self.document.sample(media["schema"])

    def odd(self, what: str, **given: Any) -> Odd:
        operation = f"{self.method} {self.template}"
        wire = {"path": self.path(), "query": self._wanted(), **given}
        return Odd(operation, f"{operation}: {what}", self.method, **wire)

    def path(self, **replaced: str) -> str:
        path = self.template
        for one in self.parameters:
            if one["in"] == "path":
                value = replaced.get(one["name"]) or self._value(one)
                path = path.replace(f"{{{one['name']}}}", value)
        return self.document.base + path

    def _value(self, parameter: dict[str, Any]) -> str:
        known = self.document.known.get(parameter["name"])
        return known or quote(str(parameter.get("example") or self.document.sample(parameter["schema"])), safe="")

    def _wanted(self, **replaced: str) -> str:
        """The query with what is required in it, and these."""
        needed = {
            one["name"]: self._value(one) for one in self.parameters if one["in"] == "query" and one.get("required")
        }
        return "&".join(f"{name}={value}" for name, value in {**needed, **replaced}.items())

    def _paths(self) -> Iterator[Odd]:
        for one in self.parameters:
            if one["in"] == "path":
                for value in PATH:
                    yield self.odd(f"path {one['name']} {value[:20]}", path=self.path(**{one["name"]: value}))
        for tail in ("/", "//", "%2f", "/..", "%00", "%0a", ";x"):
            yield self.odd(f"path that ends in {tail}", path=self.path() + tail)

    def _queries(self) -> Iterator[Odd]:
        yield self.odd("unknown query", query="%00=%ff&&=&;")
        for one in self.parameters:
            if one["in"] != "query":
                continue
            values = (*QUERY, *(quote(value) for value in CURSORS)) if one["name"] == "cursor" else QUERY
            kind = self.document.resolved(one["schema"]).get("format", "")
            for value in (*values, *(quote(json.loads(value)) for value in BY_FORMAT.get(kind, ()))):
                yield self.odd(f"query {one['name']} {value[:40]}", query=self._wanted(**{one["name"]: value}))
            yield self.odd(f"query {one['name']} twice", query=f"{one['name']}=1&{one['name']}=2")

    def _bodies(self, media: dict[str, Any]) -> Iterator[Odd]:
        schema = media["schema"]
        good = self._good()
        for name, body in RAW.items():
            yield self.odd(name, headers=JSON, body=body)
        for name, headers in HEADERS.items():
            yield self.odd(name, headers=headers, body=json.dumps(good).encode())
        yield self.odd("nothing at all")
        for place, kind in dict.fromkeys(self.document.leaves(schema)):
            for value in (*LEAVES, *BY_FORMAT.get(kind, ()), *_cursors(place)):
                body = _replaced(good, place, value)
                yield self.odd(f"{'/'.join(map(str, place))} {value[:40]}", headers=JSON, body=body, inside=True)

    def _uploads(self) -> Iterator[Odd]:
        names = (b"", b"x.csv", b"..%2f..%2fx.xlsx", b"\xff.csv", b"a\0b.csv", b"x.xlsx", b"x" * 5000)
        contents = (b"", b"\0\xff", b"a;b\n1;2\n", b"PK\x03\x04 no archive", b"\xff\xfea\0;\0")
        for filename in names:
            for content in contents:
                what = f"file {filename[:20]!r} {content[:9]!r}"
                yield self.odd(what, headers=MULTIPART, body=_part(filename, content))
        for name, headers in HEADERS.items():
            yield self.odd(name, headers=headers, body=_part(b"x.csv", b"a;b\n"))
        for name, body in RAW.items():
            yield self.odd(f"JSON, {name}", headers=JSON, body=body)
            yield self.odd(f"parts, {name}", headers=MULTIPART, body=body)
        yield self.odd("a field instead", headers=MULTIPART, body=_part(None, b"x"))

    def _unwanted(self) -> Iterator[Odd]:
        for name in ("{}", "1000 lists", "bad UTF-8"):
            yield self.odd(f"unwanted {name}", headers=JSON, body=RAW[name])
        for name, headers in HEADERS.items():
            yield self.odd(f"unwanted, {name}", headers=headers, body=b"{}")


def _cursors(place: tuple[Any, ...]) -> Iterator[str]:
    return (json.dumps(value) for value in (CURSORS if place[-1:] == ("cursor",) else ()))


def _replaced(value: Any, place: tuple[Any, ...], by: str) -> bytes:
    """JSON of the value with the text `by` at that place."""
    mark = "what-is-odd-comes-here"
    copy: Any = json.loads(json.dumps({"": value}))
    holder: Any = copy
    steps: tuple[Any, ...] = ("", *place)
    for step, following in pairwise(steps):
        if isinstance(following, int):
            holder[step] = [None]
        elif not isinstance(holder[step] if isinstance(step, int) else holder.get(step), dict):
            holder[step] = {}
        holder = holder[step]
    holder[steps[-1]] = mark
    return json.dumps(copy[""]).replace(f'"{mark}"', by).encode()


def _part(name: bytes | None, content: bytes) -> bytes:
    named = b'; filename="%s"' % name if name is not None else b""
    mark = BOUNDARY.encode()
    head = b'--%s\r\nContent-Disposition: form-data; name="file"%s\r\n\r\n' % (mark, named)
    return b"%s%s\r\n--%s--\r\n" % (head, content, mark)
