import pytest
from chassis.email_address import is_address, refusal

GOOD = [
    "n.legoff@lices.example",
    "anne+caf@sous.domaine.exemple.fr",
    "o'hara@x.example",
    "rené@hôtel.example",
    "a_b@3w.example",
    "a@xn--htel-vqa.example",
    "x" * 64 + "@lices.example",
]
BAD = [
    *("", "a", "a@", "@b.example", "a@b", "a@b.", "a@.example", "a@b..example", "a@b.c", "a@1.2.3.4"),
    *('"a b"@x.example', "a@[127.0.0.1]", "a@[IPv6:::1]", "a b@x.example", "a@@x.example", "a@x.example\n"),
    *(".a@x.example", "a.@x.example", "a..b@x.example", "a@-x.example", "a@x-.example", "a@x_y.example"),
    *("a@x.example,b@x.example", "<a@x.example>", "a\0@x.example", "a\u202e@x.example", "a@x.exam\u200bple"),
    "x" * 65 + "@lices.example",
    "a@" + "x" * 64 + ".example",
    "a@" + "x." * 130 + "example",
]


@pytest.mark.parametrize("text", GOOD)
def test_addresses_that_people_have(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_of_a_person(text: str) -> None:
    assert not is_address(text)


def test_what_somebody_types_is_refused_with_the_reason_when_no_relay_carries_it() -> None:
    for text in ("rené@exemple.fr", "rené@hôtel.example"):
        assert "accents avant le @" in (refusal(text) or "")
    assert "forme" in (refusal("nobody") or "")
    for text in ("n.legoff@lices.example", "contact@hôtel.example"):
        assert refusal(text) is None
