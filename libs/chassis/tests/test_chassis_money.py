"""Euros are exact: never a float, never rounded, and one way only to read what a person typed."""

from decimal import Decimal

import pytest
from chassis.french import money
from hypothesis import given
from hypothesis import strategies as st

CENTS = st.integers(0, 99_999_999_999)
SIGNED_CENTS = st.integers(-(10**15), 10**15)

ACCEPTED = [
    ("0", "0.00"),
    ("512", "512.00"),
    ("512,3", "512.30"),
    ("512,30", "512.30"),
    ("512.30", "512.30"),
    ("0512,30", "512.30"),
    ("1 234,50", "1234.50"),
    ("1\u00a0234,50", "1234.50"),
    ("1\u202f234\u202f567,89", "1234567.89"),
    ("1\u2009234", "1234.00"),
    ("512,30 €", "512.30"),
    ("512,30\u00a0€", "512.30"),
    ("512€", "512.00"),
    ("  512,30  ", "512.30"),
    ("999999999,99", "999999999.99"),
]

REFUSED = [
    "",
    " ",
    "€",
    "-1",
    "+1",
    "−1",  # the minus sign of typographers
    "512,305",
    "1.234,50",
    "1,234.50",
    "12 34",
    "1 23",
    "1  234",
    "12 345 678 901",
    "1234567890",
    "512,",
    ",50",
    "512 30",
    "1e3",
    "0x10",
    "٥١٢",  # Arabic digits: \\d would take them
    "５１２",  # full-width digits
    "512,30 $",
    "€ 512",
    "512,30 € €",
    "NaN",
    "Infinity",
    "512;30",
    "512\n30",
    "1_000",
]


@pytest.mark.parametrize(("text", "euros"), ACCEPTED)
def test_an_amount_as_people_write_it_is_read(text: str, euros: str) -> None:
    assert money.parse(text) == Decimal(euros)
    assert money.to_json(money.parse(text)) == euros


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(money.InvalidAmount, match="montant en euros"):
        money.parse(text)


def test_the_example_shown_with_the_rule_is_accepted() -> None:
    assert money.parse(money.EXAMPLE) == Decimal("512.30")


@given(CENTS)
def test_what_is_shown_is_read_back_exactly(cents: int) -> None:
    shown = money.to_json(money.from_cents(cents))
    assert money.to_cents(money.parse(shown)) == cents
    assert money.to_cents(money.parse(shown.replace(".", ","))) == cents


@given(SIGNED_CENTS)
def test_cents_to_euros_and_back_lose_nothing(cents: int) -> None:
    assert money.to_cents(money.from_cents(cents)) == cents


@given(SIGNED_CENTS)
def test_an_amount_always_leaves_with_two_decimals(cents: int) -> None:
    _euros, _point, decimals = money.to_json(money.from_cents(cents)).partition(".")
    assert len(decimals) == 2


@given(st.lists(CENTS, max_size=50))
def test_a_sum_of_amounts_is_the_sum_of_their_cents(amounts: list[int]) -> None:
    total = sum((money.from_cents(cents) for cents in amounts), Decimal(0))
    assert money.to_cents(total) == sum(amounts)


@given(st.text(max_size=30))
def test_no_text_gives_anything_but_an_amount_or_a_refusal(text: str) -> None:
    try:
        euros = money.parse(text)
    except money.InvalidAmount:
        return
    assert euros >= 0
    assert euros == money.from_cents(money.to_cents(euros))


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("0.001"),
        Decimal("12.345"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("99999999999999999999999999.999"),  # more digits than the arithmetic of Decimal keeps
        Decimal("1." + "0" * 40 + "1"),
        Decimal("1E+30"),
    ],
)
def test_what_is_not_whole_cents_is_refused_rather_than_rounded(amount: Decimal) -> None:
    with pytest.raises(money.InvalidAmount):
        money.to_cents(amount)


@pytest.mark.parametrize("shown", ["0.00", "-0.00"])
def test_zero_has_one_writing(shown: str) -> None:
    assert money.to_json(Decimal(shown)) == "0.00"


def test_a_float_is_never_taken_for_an_amount() -> None:
    with pytest.raises((AttributeError, TypeError, money.InvalidAmount)):
        money.to_json(512.3)  # type: ignore[arg-type]  # what must be refused


def test_the_amount_is_a_decimal_never_a_float() -> None:
    assert type(money.parse("0,1") + money.parse("0,2")) is Decimal
    assert money.parse("0,1") + money.parse("0,2") == Decimal("0.3")
