import pytest
from hypothesis import given
from hypothesis import strategies as st
from notification.domain.addresses import MAX_CHARACTERS, MAX_LINES, PROBLEM_LABELS, AddressProblem, PostalAddress


@pytest.mark.parametrize(
    ("name", "lines", "problem"),
    [
        ("", [], AddressProblem.EMPTY),
        ("SCI", ["35000 Rennes"], AddressProblem.TOO_FEW_LINES),
        ("SCI", ["1", "2", "3", "4", "5", "35000 Rennes"], AddressProblem.TOO_MANY_LINES),
        ("SCI", ["1 boulevard du Général de Gaulle prolongé", "35000 Rennes"], AddressProblem.LINE_TOO_LONG),
        ("SCI", ["2 rue Gina Pane", "Rennes"], AddressProblem.NO_POSTCODE),
        ("SCI", ["2 rue Gina Pane", "3500 Rennes"], AddressProblem.NO_POSTCODE),
        ("SCI", ["2 rue \x07 Gina Pane", "35000 Rennes"], AddressProblem.UNPRINTABLE),
    ],
)
def test_an_address_that_does_not_fit_says_why(name: str, lines: list[str], problem: AddressProblem) -> None:
    address = PostalAddress.parse(name, lines)
    assert problem in address.problems
    assert not address.valid


def test_a_good_address_is_printed_as_the_norm_wants() -> None:
    address = PostalAddress.parse(
        "SCI des Lilas", ["Service gestion", "", "Bât. A", "2,  rue Gina Pane", "35000 Rennes."]
    )
    assert address.valid
    assert address.lines == ("SCI des Lilas", "Service gestion", "BÂT. A", "2 RUE GINA PANE", "35000 RENNES")


def test_a_name_that_the_registry_repeats_is_printed_once() -> None:
    assert PostalAddress.parse("SCI", ["sci", "2 rue X", "35000 Rennes"]).lines[1] == "2 RUE X"


def test_an_overseas_and_a_cedex_address_fit() -> None:
    assert PostalAddress.parse("SCI", ["BP 12", "97400 Saint-Denis"]).valid
    assert PostalAddress.parse("SCI", ["BP 12", "35040 Rennes Cedex 7"]).valid


texts = st.text(alphabet="abcéèçôABÉ 0123456789,.'-«»", max_size=60)


@given(texts, st.lists(texts, max_size=9))
def test_a_valid_address_always_fits_the_window_and_no_line_is_ever_cut(name: str, lines: list[str]) -> None:
    address = PostalAddress.parse(name, lines)
    if address.valid:
        assert len(address.lines) <= MAX_LINES
        assert all(len(line) <= MAX_CHARACTERS for line in address.lines)
        written = "".join("".join(address.lines).split()).casefold()
        assert all(char in written for line in lines[:1] for char in line.casefold() if char.isalnum())


def test_each_problem_has_its_sentence() -> None:
    assert set(PROBLEM_LABELS) == set(AddressProblem)
