"""The one rule of texts: what is refused, what is taken all the same."""

import unicodedata

import pytest
from chassis import texts
from chassis.validation import field_errors
from hypothesis import given
from hypothesis import strategies as st

NAMES = (
    "L'HÉRITIER-NOËL",
    "L’Héritier",
    "Ng",
    "Đặng Thị Ánh",
    "D'ALMEIDA--LE GOFF",
    "علی\u200cرضا",
    "क्\u200dष",
    "Zoe\u0301",
    "SCI\u00a0DES LICES",
    "12\u202f000",
    "José 👍",
)
REFUSED = {
    "NUL": "a\0b",
    "bell": "a\ab",
    "escape": "a\x1b[31mb",
    "delete": "a\x7fb",
    "next line": "a\x85b",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "right to left override": "a\u202eb",
    "right to left mark": "a\u200fb",
    "isolate": "a\u2066b\u2069",
    "zero width space": "a\u200bb",
    "byte order mark": "\ufeffa",
    "soft hyphen": "a\u00adb",
    "tag": "a\U000e0041b",
    "surrogate": "a\ud800b",
    "private use": "a\ue000b",
    "unassigned": "a\u0378b",
    "joiner at the end": "a\u200d",
    "non-joiner beside a space": "a \u200cb",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_people_have_is_taken(name: str) -> None:
    assert texts.refused(name) is None
    assert texts.refused(name, lines=True) is None


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_forges_or_hides_is_refused_with_or_without_lines(text: str) -> None:
    for lines in (False, True):
        sign = texts.refused(text, lines=lines)
        assert sign is not None
        assert chr(int(sign.removeprefix("U+"), 16)) in text


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\tb"])
def test_lines_and_tabs_are_for_texts_of_several_lines(text: str) -> None:
    assert texts.refused(text) is not None
    assert texts.refused(text, lines=True) is None


def test_a_lone_carriage_return_is_no_line_end() -> None:
    assert texts.refused("a\rb", lines=True) == "U+000D"


@given(st.text())
def test_what_is_taken_holds_no_such_category(text: str) -> None:
    if texts.refused(text) is None:
        found = {unicodedata.category(sign) for sign in text if sign not in "\u200c\u200d"}
        assert not found & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_the_contract_refuses_by_format_and_says_the_field_the_rule_and_an_example() -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": ["string", "null"], "format": "line", "description": "le nom", "examples": ["Le Goff"]},
            "reason": {"type": "string", "format": "text"},
        },
    }
    assert field_errors(schema, {"name": "Le Goff", "reason": "a\nb"}) == []
    assert field_errors(schema, {"name": None}) == []
    first, second = field_errors(schema, {"name": "Le\u202eGoff", "reason": "a\ab"})
    assert (first.pointer, first.code, first.example) == ("/name", "characters", "Le Goff")
    assert first.detail.startswith("« name » contient un caractère invisible ou de commande (U+202E)")
    assert first.rule == f"le nom, {texts.RULE}"
    assert (second.pointer, second.rule) == ("/reason", texts.RULE)
    assert "\u202e" not in first.detail
