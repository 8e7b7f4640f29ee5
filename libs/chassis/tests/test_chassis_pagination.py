"""A cursor says where the last page ended; nobody else's is accepted."""

import base64
import json

import pytest
from chassis import pagination
from chassis.problems import BadRequest
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.lists(
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    min_size=1,
    max_size=4,
)


def made(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(KEYS)
def test_a_cursor_comes_back_as_it_left(key: list[str]) -> None:
    assert pagination.after(pagination.encode(key), *[str] * len(key)) == tuple(key)


@given(KEYS)
def test_a_cursor_can_stand_in_an_address(key: list[str]) -> None:
    assert set(pagination.encode(key)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("cursor", [None, ""])
def test_without_cursor_the_first_page_is_meant(cursor: str | None) -> None:
    assert pagination.after(cursor, str, str) is None


REFUSED = [
    "x",
    "é",
    "%%%",
    "AAAA",
    made("text"),
    made(["one"]),
    made(["one", "two", "three"]),
    made([1, 2]),
    made({"0": "a", "1": "b"}),
    made(None),
    made(["a", "nul\0"]),
    base64.urlsafe_b64encode(b"[" * 40_000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
]


@pytest.mark.parametrize("cursor", REFUSED, ids=range(len(REFUSED)))
def test_a_cursor_we_did_not_make_is_refused_and_named(cursor: str) -> None:
    with pytest.raises(BadRequest) as refused:
        pagination.after(cursor, str, str)
    assert [error.pointer for error in refused.value.errors] == ["/query/cursor"]


LIST = ("secret", "/messages", b"state=waiting&limit=2")
SAME = [("secret", "/messages", b"limit=7&cursor=x&state=waiting"), LIST]
OTHERS = [
    ("secret", "/letter-batches", b"state=waiting"),
    ("secret", "/messages", b""),
    ("secret", "/messages", b"state=sent"),
    ("secret", "/messages", b"state=waiting&sort=-date"),
    ("another", "/messages", b"state=waiting"),
]


@pytest.mark.parametrize("asked", SAME)
def test_a_cursor_goes_on_in_its_list_whatever_the_size_of_the_page(asked: tuple[str, str, bytes]) -> None:
    pagination.of_request(*LIST)
    cursor = pagination.encode([7])
    pagination.of_request(*asked)
    assert pagination.after_number(cursor) == 7


@pytest.mark.parametrize("asked", OTHERS)
def test_a_cursor_of_another_list_or_of_other_filters_is_refused(asked: tuple[str, str, bytes]) -> None:
    pagination.of_request(*LIST)
    cursor = pagination.encode([7])
    pagination.of_request(*asked)
    with pytest.raises(BadRequest):
        pagination.after_number(cursor)


def test_filters_that_came_in_the_body_count_too() -> None:
    cursor = pagination.encode([7], ("name", "MARTIN"))
    assert pagination.after(cursor, int, within=("name", "MARTIN")) == (7,)
    with pytest.raises(BadRequest) as refused:
        pagination.after(cursor, int, within=("name", "DURAND"), pointer="/cursor")
    assert [error.pointer for error in refused.value.errors] == ["/cursor"]


def test_a_key_of_an_earlier_version_is_refused_and_not_misread() -> None:
    for key in (["x"], ["1", "2"], []):
        with pytest.raises(BadRequest):
            pagination.after_number(pagination.encode(key))


@given(st.text(max_size=80))
def test_no_text_makes_a_cursor_crash(text: str) -> None:
    try:
        key = pagination.after(text, str)
    except BadRequest:
        return
    assert key is None or len(key) == 1


@given(st.lists(st.integers(), unique=True, max_size=40).map(sorted), st.integers(1, 7))
def test_following_the_cursors_shows_every_row_once_in_order(rows: list[int], limit: int) -> None:
    shown: list[int] = []
    after: int | None = None
    while True:
        fetched = [row for row in rows if after is None or row > after][: limit + 1]
        page, cursor = pagination.page(fetched, limit, lambda row: [row])
        shown += page
        after = pagination.after_number(cursor)
        if after is None:
            break
    assert shown == rows


def test_the_last_page_has_no_cursor_even_when_it_is_full() -> None:
    assert pagination.page([1, 2], 2, lambda row: [row]) == ([1, 2], None)


@given(st.sets(st.integers(0, 10_000), max_size=60), st.integers(1, 25), st.lists(st.integers(0, 10_000), max_size=10))
def test_a_walk_shows_each_row_once_even_when_rows_are_added_on_the_way(
    rows: set[int], limit: int, added: list[int]
) -> None:
    here, walked, cursor, more = set(rows), list[int](), None, iter(added)
    while True:
        after = pagination.after_number(cursor)
        following = sorted(row for row in here if after is None or row > after)
        shown, cursor = pagination.page(following[: limit + 1], limit, lambda row: [row])
        walked += shown
        if cursor is None:
            break
        here |= {one for one in [next(more, None)] if one is not None}
    assert walked == sorted(set(walked))
    assert rows <= set(walked) <= here


@given(st.lists(st.integers(), max_size=30), st.integers(1, 30))
def test_only_a_page_that_is_followed_has_a_cursor(rows: list[int], limit: int) -> None:
    shown, cursor = pagination.page(rows[: limit + 1], limit, lambda row: [row])
    assert len(shown) == min(limit, len(rows))
    assert (cursor is not None) == (len(rows) > limit)
