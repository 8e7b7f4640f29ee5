"""The canonical text of what is declared."""

import json
from typing import Any

from declaration.domain import snapshot
from hypothesis import given
from hypothesis import strategies as st

# The characters that a snapshot may hold: lone surrogates are refused where texts are read.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_hashes_already_printed_stay_what_they_are(content: dict[str, Any]) -> None:
    """Recaps were given out when the text was written by the json module: same bytes, so same hash."""
    before = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert snapshot.canonical(content).decode() == before


def test_keys_come_in_the_order_of_utf_16_units() -> None:
    """RFC 8785 §3.2.3, where sorting by code point differs."""
    assert snapshot.canonical({"\U0001f600": 1, "ﬀ": 2}).decode() == '{"\U0001f600":1,"ﬀ":2}'
