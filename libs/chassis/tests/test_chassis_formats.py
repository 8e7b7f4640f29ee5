"""How French texts show dates, numbers and amounts; and that nobody else shows them in another way."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from chassis.french import formats, money
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
# Each is one function of `chassis.french.formats`, or the one time zone of `chassis.clock`.
COPIES = re.compile(
    r"""%d/%m/%Y[}"']|ZoneInfo\(|["']Europe/Paris"""
    r"""|,\}"\.replace|déclaration\{?'?s?'? if |'déclarations?' if """
)
OWN = {"formats.py", "clock.py"}


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2026, 7, 1), "01/07/2026", "1er juillet 2026"),
        (date(2026, 8, 11), "11/08/2026", "11 août 2026"),
        (date(2027, 2, 21), "21/02/2027", "21 février 2027"),
        (date(2026, 12, 31), "31/12/2026", "31 décembre 2026"),
    ],
)
def test_a_day_in_figures_and_in_words(day: date, short: str, long: str) -> None:
    assert (formats.short_date(day), formats.long_date(day)) == (short, long)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0", "0,00 €"), ("512.3", "512,30 €"), ("1234.5", "1_234,50 €"), ("1234567.89", "1_234_567,89 €")],
)
def test_euros_have_two_decimals_and_never_break(amount: str, shown: str) -> None:
    expected = shown.replace("_", formats.NARROW).replace(" ", formats.NBSP)
    assert formats.euros(Decimal(amount)) == expected


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
def test_euros_as_shown_are_read_back_as_the_same_amount(amount: Decimal) -> None:
    assert money.parse(formats.euros(amount)) == amount


@pytest.mark.parametrize(("many", "shown"), [(0, "0 bail"), (1, "1 bail"), (2, "2 baux"), (1200, "1_200 baux")])
def test_a_count_agrees_in_french(many: int, shown: str) -> None:
    assert formats.count(many, "bail", "baux") == shown.replace("_", formats.NARROW).replace(" ", formats.NBSP)


def test_declarations_agree_too() -> None:
    assert [formats.declarations(many).split(formats.NBSP)[1] for many in (0, 1, 2)] == [
        "déclaration",
        "déclaration",
        "déclarations",
    ]


@pytest.mark.parametrize(("digits", "shown"), [("35900007090001", "359\u00a000007090001"), ("35", "35"), ("", "")])
def test_a_user_number_is_cut_after_the_three_digits_of_the_caf(digits: str, shown: str) -> None:
    assert formats.user_number(digits) == shown


def test_no_package_writes_these_forms_by_itself() -> None:
    packages = [ROOT / "services", ROOT / "gateway", ROOT / "libs", ROOT / "launcher"]
    files = [file for package in packages for file in package.rglob("*.py") if "node_modules" not in file.parts]
    code = [file for file in files if "tests" not in file.parts and file.name not in OWN]
    assert len(code) > 300
    assert [str(file) for file in code if COPIES.search(file.read_text(encoding="utf-8"))] == []
