from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from webui import typography
from webui.testing import typography_faults


def test_the_filter_puts_no_break_spaces_and_apostrophes() -> None:
    fixed = typography.fr("L'état : « en cours » ! 10 % de 5 €")
    assert fixed == "L’état\u00a0: «\u00a0en cours\u00a0»\u00a0! 10\u00a0% de 5\u00a0€"
    assert typography_faults(fixed) == []


def test_a_plain_text_with_faults_is_found_out() -> None:
    assert len(typography_faults("Saisissez l'adresse : rue")) == 2


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1234.5", "1 234,50 €"),
        (Decimal("0"), "0,00 €"),
        ("1234567.89", "1 234 567,89 €"),
        (None, ""),
        ("-3", "-3,00 €"),
    ],
)
def test_euros_have_two_decimals_and_never_break(amount: Decimal | str | None, shown: str) -> None:
    assert typography.euros(amount) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 7, 5), "5 juillet 2026"),
        ("2026-07-01", "1er juillet 2026"),
        # 23:30 UTC on the 30th of June is the 1st of July in Paris.
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1er juillet 2026"),
        ("2026-07-05T10:00:00Z", "5 juillet 2026"),
        (None, ""),
    ],
)
def test_dates_are_written_out_as_seen_from_paris(value: date | str | None, shown: str) -> None:
    assert typography.long_date(value) == shown


def test_an_instant_is_given_in_paris_time() -> None:
    assert typography.instant("2026-07-05T12:05:00+00:00") == "5 juillet 2026 à 14\u00a0h\u00a005"


def test_a_user_number_is_cut_after_three_digits() -> None:
    assert typography.user_number("35900007090001") == "359\u00a000007090001"


@pytest.mark.parametrize(("number", "shown"), [(0, "0 bail"), (1, "1 bail"), (1200, "1 200 baux")])
def test_a_count_agrees_in_french(number: int, shown: str) -> None:
    assert typography.count(number, "bail", "baux") == shown.replace(" ", "\u00a0")


def test_a_state_is_always_said_in_words_and_escaped() -> None:
    states = {"draft": ("Brouillon", "yellow")}
    assert ">Brouillon<" in typography.state_tag("draft", states)
    assert "&lt;b&gt;" in typography.state_tag("draft", states, "<b>")
