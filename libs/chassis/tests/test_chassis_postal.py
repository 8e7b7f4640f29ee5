import pytest
from chassis.french.postal import (
    MAX_CHARACTERS,
    MAX_LINES,
    PROBLEM_LABELS,
    AddressProblem,
    PostalAddress,
    country_of,
    line_problem,
    tidy,
)
from hypothesis import given
from hypothesis import strategies as st

PERSON = "Mme Maëlys L'HÉRITIER-NOËL"


@pytest.mark.parametrize(
    ("name", "lines", "problem"),
    [
        ("", [], AddressProblem.EMPTY),
        ("SCI", ["35000 Rennes"], AddressProblem.TOO_FEW_LINES),
        ("SCI", ["0", "1", "2", "3", "4", "5", "35000 Rennes"], AddressProblem.TOO_MANY_LINES),
        ("SCI", ["1 boulevard du Général de Gaulle prolongé", "35000 Rennes"], AddressProblem.LINE_TOO_LONG),
        ("SCI", ["2 rue Gina Pane", "Rennes"], AddressProblem.NO_POSTCODE),
        ("SCI", ["2 rue Gina Pane", "3500 Rennes"], AddressProblem.NO_POSTCODE),
        ("SCI", ["2 rue \x07 Gina Pane", "35000 Rennes"], AddressProblem.UNPRINTABLE),
        ("SCI", ["12 rue \N{SUNFLOWER}", "35000 Rennes"], AddressProblem.UNPRINTABLE),
        ("SCI", ["شارع", "35000 Rennes"], AddressProblem.UNPRINTABLE),
        ("SCI", ["улица Мира", "35000 Rennes"], AddressProblem.UNPRINTABLE),
        ("SCI", ["2 rue\u202eGina", "35000 Rennes"], AddressProblem.UNPRINTABLE),
        ("SCI", [".", "35000 Rennes"], AddressProblem.NOTHING_WRITTEN),
        # A territory overseas names its town as everywhere in France.
        ("SCI", ["12 rue X", "Saint-Denis", "La Réunion"], AddressProblem.NO_POSTCODE),
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


@pytest.mark.parametrize("line", ["<12 RUE X>", ", 12 RUE X", "- 12 RUE X", "12 RUE X ;"])
def test_stray_signs_at_the_ends_of_a_line_are_dropped(line: str) -> None:
    assert tidy(line) == "12 RUE X"


def test_a_dutch_apostrophe_and_the_accents_of_any_latin_alphabet_stay() -> None:
    assert tidy("'S GRAVENHAGE") == "'S GRAVENHAGE"
    assert line_problem("12 ULICA ŁÓDŹ – 3º ÇA") is None


@pytest.mark.parametrize(
    "first",
    [
        "MAELYS L HERITIER NOEL",
        "Mme Maëlys L’Héritier-Noël",
        "MADAME L HERITIER NOEL MAELYS",
        "M OU MME L HERITIER NOEL MAELYS",
        "MME M L HERITIER NOEL",
    ],
)
def test_lines_that_hold_the_name_are_printed_as_given(first: str) -> None:
    lines = [first, "CHEZ MME DURAND", "RES LES LILAS BAT C", "12 RUE DE LA POSTE", "BP 12", "35000 RENNES"]
    address = PostalAddress.parse(PERSON, lines)
    assert address.valid
    assert address.lines == tuple(lines)


@pytest.mark.parametrize(
    "first", ["MME UNE", "12 RUE MAELYS L HERITIER NOEL", "MME NOEL", "CHEZ MAELYS L HERITIER NOEL"]
)
def test_lines_that_do_not_hold_the_name_get_it_on_top(first: str) -> None:
    address = PostalAddress.parse(PERSON, [first, "12 RUE DE LA POSTE", "35000 RENNES"])
    assert (address.lines[0], len(address.lines)) == (PERSON, 4)


def test_six_lines_without_the_name_are_printed_as_given() -> None:
    lines = ["CHEZ MME DURAND", "RES LES LILAS BAT C", "ESC 4 ETAGE 3", "12 RUE DE LA POSTE", "BP 12", "35000 RENNES"]
    assert PostalAddress.parse(PERSON, lines) == PostalAddress(tuple(lines))
    assert PostalAddress(tuple(lines)).valid


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Madame Anne-Marie-Bénédicte LEROY-DUFOUR", ("Mme Anne-Marie-Bénédicte LEROY-DUFOUR",)),
        ("Mme Marie-Bénédicte DE LA TOUR D'AUVERGNE", ("Mme M-B DE LA TOUR D'AUVERGNE",)),
        ("Mme Marie-Bénédicte DE LA TOUR D'AUVERGNE-LAURAGUAIS", ("Mme DE LA TOUR D'AUVERGNE-LAURAGUAIS",)),
        (
            "OFFICE PUBLIC DE L'HABITAT DE LA METROPOLE DE RENNES",
            ("OFFICE PUBLIC DE L'HABITAT DE LA", "METROPOLE DE RENNES"),
        ),
        ("Mme Jean SAMBA-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ()),
    ],
)
def test_a_name_too_long_for_a_line_is_shortened_by_the_norm_and_never_a_reason_to_refuse(
    name: str, printed: tuple[str, ...]
) -> None:
    address = PostalAddress.parse(name, ["ACCUEIL", "7 IMPASSE DES CHÊNES", "56000 VANNES"])
    assert address.valid
    assert address.lines == (*printed, "ACCUEIL", "7 IMPASSE DES CHÊNES", "56000 VANNES")


@pytest.mark.parametrize(
    ("lines", "country"),
    [
        (["12 HIGH STREET", "LONDON SW1A 1AA", "ROYAUME UNI"], "GB"),
        (["RUE HAUTE 12", "1000 BRUXELLES", "Belgique"], "BE"),
        (["HAUPTSTR 1", "10115 BERLIN", "DEUTSCHLAND"], "DE"),
        (["CALLE MAYOR 3", "28013 MADRID", "ESPAÑA"], "ES"),
        (["1 MAIN ST", "BOSTON MA 02108", "Etats-Unis d'Amérique"], "US"),
        (["BAHNHOFSTR 1", "8001 ZURICH", "SUISSE"], "CH"),
    ],
)
def test_abroad_the_country_ends_the_address_in_capitals_and_no_french_postcode_is_asked(
    lines: list[str], country: str
) -> None:
    address = PostalAddress.parse("MR SMITH", lines)
    assert (address.valid, address.abroad, address.country) == (True, True, country)
    assert address.lines[-1] == lines[-1].upper()


@pytest.mark.parametrize("last", ["LA REUNION", "Guadeloupe", "NOUVELLE-CALEDONIE", "Réunion"])
def test_overseas_is_france(last: str) -> None:
    address = PostalAddress.parse("SCI", ["12 RUE X", "97400 SAINT DENIS", last])
    assert (address.valid, address.abroad) == (True, False)


def test_france_itself_is_not_printed() -> None:
    assert PostalAddress.parse("SCI", ["12 RUE X", "35000 RENNES", "France"]).lines[-1] == "35000 RENNES"


def test_a_town_is_no_country() -> None:
    assert country_of("35000 RENNES") is None
    assert country_of("RENNES") is None


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
