"""The law's dated rules, against the Caf's own examples."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from declaration.domain.benefit_rules import (
    ARREARS_RULES,
    Arrears,
    arrears_rule,
    flat_sharing_rent,
    furnished_rent,
    months_after,
    threshold_before_2027,
)
from hypothesis import given
from hypothesis import strategies as st

EUROS = st.decimals(min_value=0, max_value=9999, places=2)


def arrears(debt: str, *, first_default_on: date = date(2026, 6, 5), paid_to_landlord: bool = True) -> Arrears:
    return Arrears(
        debt=Decimal(debt),
        first_default_on=first_default_on,
        rent=Decimal(280),
        charges=Decimal(20),
        benefit=Decimal(50),
        paid_to_landlord=paid_to_landlord,
    )


@pytest.mark.parametrize(("paid_to_landlord", "expected"), [(True, "500.00"), (False, "600.00")])
def test_the_threshold_of_2026_is_that_of_the_caf_example(paid_to_landlord: bool, expected: str) -> None:
    found = threshold_before_2027(Decimal(280), Decimal(20), Decimal(50), paid_to_landlord=paid_to_landlord)
    assert found == Decimal(expected)


def test_a_benefit_above_the_rent_makes_any_debt_an_arrears_and_no_debt_none() -> None:
    assert threshold_before_2027(Decimal(40), Decimal(0), Decimal(50), paid_to_landlord=True) == 0
    rule = arrears_rule(date(2026, 12, 31))
    assert rule is not None
    above = replace(arrears("0.01"), rent=Decimal(20), benefit=Decimal(50))
    assert rule.reached(above, date(2026, 12, 31))
    assert not rule.reached(replace(above, debt=Decimal(0)), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("on", "found", "reached"),
    [
        (date(2026, 12, 31), arrears("499.99"), False),
        (date(2026, 12, 31), arrears("500.00"), True),
        (date(2026, 12, 31), arrears("599.99", paid_to_landlord=False), False),
        (date(2026, 12, 31), arrears("600.00", paid_to_landlord=False), True),
        (date(2027, 1, 1), arrears("450.00", first_default_on=date(2026, 10, 2)), False),
        (date(2027, 1, 1), arrears("450.01", first_default_on=date(2026, 10, 2)), True),
        (date(2027, 1, 1), arrears("10.00", first_default_on=date(2026, 10, 1)), True),
        (date(2027, 1, 1), arrears("0.00", first_default_on=date(2026, 1, 1)), False),
        (date(2027, 1, 1), arrears("10.00", first_default_on=date(2026, 10, 2)), False),
        # Three months at the ends of months: the last day of a shorter month is the day.
        (date(2027, 1, 30), arrears("10.00", first_default_on=date(2026, 10, 31)), False),
        (date(2027, 1, 31), arrears("10.00", first_default_on=date(2026, 10, 31)), True),
        (date(2027, 2, 27), arrears("10.00", first_default_on=date(2026, 11, 30)), False),
        (date(2027, 2, 28), arrears("10.00", first_default_on=date(2026, 11, 30)), True),
        (date(2028, 2, 28), arrears("10.00", first_default_on=date(2027, 11, 30)), False),
        (date(2028, 2, 29), arrears("10.00", first_default_on=date(2027, 11, 30)), True),
    ],
)
def test_a_debt_is_an_arrears_by_the_rule_in_force_that_day(on: date, found: Arrears, reached: bool) -> None:
    rule = arrears_rule(on)
    assert rule is not None
    assert rule.reached(found, on) is reached


@pytest.mark.parametrize(
    ("on", "article"),
    [
        (date(2026, 12, 31), "CCH R. 824-1"),
        (date(2027, 1, 1), "Décret 2026-84"),
        (date(2040, 1, 1), "Décret 2026-84"),
        (date(2000, 1, 1), None),
    ],
)
def test_the_rule_is_chosen_by_its_dates_of_effect(on: date, article: str | None) -> None:
    rule = arrears_rule(on)
    assert (rule.article if rule else None) == article


def test_no_day_has_two_rules_nor_none_between_them() -> None:
    ends = [rule.effective_to for rule in ARREARS_RULES[:-1]]
    starts = [rule.effective_from for rule in ARREARS_RULES[1:]]
    assert [(after - before).days for before, after in zip(ends, starts, strict=True)] == [1] * len(starts)


@pytest.mark.parametrize(
    ("rent", "co_tenants", "kept"),
    [("900.00", 1, "900.00"), ("900.00", 3, "300.00"), ("1000.00", 3, "333.33"), ("0.01", 2, "0.01")],
)
def test_a_flat_share_keeps_the_rent_divided_by_the_holders(rent: str, co_tenants: int, kept: str) -> None:
    assert flat_sharing_rent(Decimal(rent), co_tenants) == Decimal(kept)


@pytest.mark.parametrize(
    ("rent", "kept"),
    [("600.00", "400.00"), ("500.00", "333.33"), ("100.01", "66.67"), ("0.01", "0.01"), ("0.00", "0.00")],
)
def test_a_furnished_rent_counts_for_two_thirds(rent: str, kept: str) -> None:
    assert furnished_rent(Decimal(rent)) == Decimal(kept)


@given(EUROS, st.integers(1, 50))
def test_the_rent_kept_is_never_more_than_the_rent_paid(rent: Decimal, co_tenants: int) -> None:
    assert 0 <= furnished_rent(rent) <= rent
    assert 0 <= flat_sharing_rent(rent, co_tenants) <= rent


@given(EUROS, EUROS, EUROS)
def test_paying_the_benefit_to_the_landlord_never_raises_the_threshold(
    rent: Decimal, charges: Decimal, benefit: Decimal
) -> None:
    direct = threshold_before_2027(rent, charges, benefit, paid_to_landlord=True)
    assert 0 <= direct <= threshold_before_2027(rent, charges, benefit, paid_to_landlord=False)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 10, 1), 3, date(2027, 1, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
    ],
)
def test_months_are_counted_on_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected
