"""What is said of each bad value, header and line; and which values are surely plain."""

from typing import Any

import pytest
from declaration.domain.registry import lines, plain, values
from declaration.domain.registry.columns import BENEFIT_KINDS, COLUMNS, Column, always, never
from declaration.domain.registry.compiled import CompiledLines, Form
from declaration.domain.registry.lines import FileRefusedError, Format, LineError, UnreadableLineError
from declaration.domain.registry.rows import COPY, PLAIN, copy_text
from declaration_cases import LINE

HEADER = lines.header(";".join(COLUMNS))
NOT_LISTED = "Cette valeur n’est pas dans la liste."
SAID: list[tuple[str, str, str]] = [
    ("caf_code", "35", "3 chiffres sont attendus."),
    ("user_number", "3590000709000A", "14 chiffres sont attendus."),
    ("landlord_kind", "company", NOT_LISTED),
    ("siret", "73282932000075", "La clé de contrôle du SIRET est fausse."),
    ("siret", "1", "14 chiffres sont attendus."),
    ("landlord_name", "x" * 101, "Ce texte dépasse 100 caractères."),
    ("email", "gestion@lices", "Cette adresse électronique n’est pas valable."),
    ("dwelling_address", "|".join("ABCDEFG"), "L’adresse doit avoir de 1 à 6 lignes."),
    ("commune_insee", "35999", "Ce code ne figure pas dans la liste officielle des communes."),
    ("furnished", "2", "0 ou 1 est attendu."),
    ("tenant_number", "123456A", "7 chiffres et une lettre sont attendus."),
    ("lease_start", "2016-02-30", "Cette date n’existe pas ou n’est pas lisible."),
    ("lease_end", "2016-08-31", "La fin du bail précède son début."),
    ("co_tenants", "100", "Un nombre de 1 à 99 est attendu."),
    ("co_tenants", "0", "Un nombre de 1 à 99 est attendu."),
    ("co_tenants", "0001", "Un nombre de 1 à 99 est attendu."),
    ("previous_rent", "gratuit", "Ce montant n’est pas lisible."),
    ("benefit_kind", "RLS", NOT_LISTED),
    ("tenant_last_name", "", "Cette valeur est obligatoire."),
]


@pytest.mark.parametrize(("column", "value", "message"), SAID)
def test_each_bad_value_is_told_with_what_is_expected(column: str, value: str, message: str) -> None:
    row, [error] = lines.read([{**LINE, column: value}.get(name, "") for name in COLUMNS], HEADER, 7)
    assert row is None
    assert error == LineError(7, column, COLUMNS[column].rule, message, COLUMNS[column].example)


def test_an_invisible_sign_is_named() -> None:
    with pytest.raises(ValueError, match=r"^Ce texte contient un caractère invisible ou de commande \(U\+202E\)"):
        values.text("A\u202eB")


@pytest.mark.parametrize(
    ("column", "typed", "read"),
    [
        ("user_number", "359 00007090001", "35900007090001"),
        ("siret", "732 829 320 00074", "73282932000074"),
        ("landlord_name", "x" * 100, "x" * 100),
        ("landlord_name", "A  B", "A B"),
        ("landlord_name", "A\u00a0B", "A B"),
        ("dwelling_address", "2  RUE X| 35000 RENNES", ("2 RUE X", "35000 RENNES")),
        ("commune_insee", "2a004", "2A004"),
        ("furnished", "1", True),
        ("paid_to_landlord", "0", False),
        ("tenant_number", "123 4567a", "1234567A"),
        ("co_tenants", "1", 1),
        ("co_tenants", "099", 99),
    ],
)
def test_a_value_is_read_as_it_is_kept(column: str, typed: str, read: Any) -> None:
    assert COLUMNS[column].read(typed) == read


def test_digits_and_words_of_a_list_are_read_as_they_are() -> None:
    assert values.digits(3)(" 3 59") == "359"
    assert values.one_of("a", "b")("b") == "b"
    for wrong in ("35", "3590", "35A", "٣٥٩"):
        with pytest.raises(ValueError, match=r"^3 chiffres sont attendus\.$"):
            values.digits(3)(wrong)
    with pytest.raises(ValueError, match=f"^{NOT_LISTED}$"):
        values.one_of("a", "b")("c")


def test_six_lines_of_38_characters_are_an_address() -> None:
    address = "|".join(["A" * 38] * 6)
    assert values.address(address) == ("A" * 38,) * 6
    assert [COLUMNS["benefit_kind"].read(kind) for kind in BENEFIT_KINDS] == ["APL", "ALF", "ALS"]


def test_a_line_of_another_width_says_how_many_columns_it_has() -> None:
    assert lines.read(["359", "x"], HEADER, 3) == (
        None,
        [
            LineError(
                3,
                "",
                f"{len(COLUMNS)} colonnes, comme la première ligne",
                "Cette ligne a 2 colonnes.",
                "359;359 00007090001;legal_person;73282932000074;REGIE DES LICES;…",
            )
        ],
    )


def test_a_user_number_of_another_caf_is_told_without_saying_whose() -> None:
    message = "Ce N° n’est celui d’aucun bailleur que votre Caf peut modifier."
    found = LineError(4, "user_number", "un N° que votre Caf attribue", message, "359 00007090001")
    assert lines.not_yours(4) == found


def test_a_quote_that_is_not_closed_is_told() -> None:
    with pytest.raises(UnreadableLineError) as refused:
        lines.cut('a;"b\n')
    assert str(refused.value) == "Un guillemet n’est pas fermé, ou la ligne est trop longue."
    assert lines.cut("\r\n") == []
    assert lines.cut('"a;b";c\r\n') == ["a;b", "c"]


SMALL = Format(
    {"b": Column(str, always, "", ""), "a": Column(str, always, "", ""), "c": Column(str, never, "", "")},
    lambda _row, _number: [],
)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("c", "Colonnes obligatoires absentes : b, a. La première ligne nomme les colonnes, séparées par des "
         "points-virgules."),
        ("a;b;c;b;a;c;x;x", "Colonnes présentes deux fois : a, b, c."),
        ('a;"b', "La première ligne, qui nomme les colonnes, n’est pas lisible."),
    ],
)  # fmt: skip
def test_a_first_line_that_cannot_serve_says_why(line: str, message: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        lines.header(line, SMALL)
    assert str(refused.value).replace("\u00a0", " ") == message


def test_columns_are_named_in_any_order_and_case_and_the_others_are_shown_safely() -> None:
    header = lines.header("\ufeff A ;b;;Nom\tlocal;" + "é" * 61, SMALL)
    assert header.names == ("a", "b", "", "nom\tlocal", "é" * 61)
    assert header.unknown == ("nom local", "é" * 60)
    many = lines.header(";".join(["a", "b", *(f"x{place}" for place in range(101))]), SMALL)
    assert (len(many.unknown), many.unknown[0], many.unknown[-1]) == (100, "x0", "x99")


def three_digits(found: Any) -> bool:
    return plain.digits(3)(found)


@pytest.mark.parametrize(
    ("check", "found", "sure"),
    [
        (three_digits, ["359", "220"], True),
        (three_digits, ["359", "22"], False),
        (three_digits, ["3590"], False),
        (three_digits, ["35A"], False),
        (three_digits, ["٣٥٩"], False),
        (plain.texts, ["A B", "x" * 100], True),
        (plain.texts, ["A", "x" * 101], False),
        (plain.texts, ["A  B"], False),
        (plain.texts, ["A", " B"], False),
        (plain.texts, ["A ", "B"], False),
        (plain.texts, ["A\u00a0B"], False),
        (plain.texts, ["A\tB"], False),
        (plain.addresses, ["1 RUE X|35000 RENNES", "A"], True),
        (plain.addresses, ["|".join("ABCDEF")], True),
        (plain.addresses, ["|".join("ABCDEFG")], False),
        (plain.addresses, ["1 RUE X| 35000 RENNES"], False),
        (plain.addresses, ["1 RUE X |35000 RENNES"], False),
        (plain.addresses, ["A|35000  RENNES"], False),
        (plain.addresses, ["A", "."], False),
        (plain.addresses, ["A" * 38], True),
        (plain.addresses, ["A" * 39], False),
        (plain.emails, ["a@b.fr", "c@d.fr"], True),
        (plain.emails, ["a@b.fr", "c"], False),
        (plain.emails, ["a@b.fr "], False),
        (plain.tenant_numbers, ["1234567A", "7654321B"], True),
        (plain.tenant_numbers, ["1234567a"], False),
        (plain.tenant_numbers, ["1234567A", "123456A"], False),
    ],
)
def test_values_are_surely_plain_or_read_one_by_one(check: plain.Plain, found: list[str], sure: bool) -> None:
    assert check(found) is sure


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, r"\N"), (True, "1"), (False, "0"), (7, "7"), ("a\\b", r"a\\b"), (("É", "B"), '["É", "B"]')],
)
def test_values_are_written_as_the_database_copies_them(value: Any, written: str) -> None:
    assert COPY.write(value) == written
    assert PLAIN.write("a\\b") == "a\\b"
    assert PLAIN.write(None) is None


@pytest.mark.parametrize("form", [COPY, PLAIN])
@pytest.mark.parametrize("name", ["landlord_name", "dwelling_address"])
@pytest.mark.parametrize("texts", [["A", "B|C"], ["A\\N", "B"], ['A "B"|C', "D"], ['A\\"B', "x|y"]])
def test_plain_texts_are_written_at_once_as_one_by_one(form: Form, name: str, texts: list[str]) -> None:
    column = COLUMNS[name]
    one_by_one = [form.write(text if name == "landlord_name" else tuple(text.split("|"))) for text in texts]
    if name == "dwelling_address" and "\\" in "".join(texts):
        one_by_one = [form.write(column.read(text)) for text in texts]
    assert list(form.write_plain(column, texts)) == one_by_one


def test_a_row_is_a_line_of_columns_parted_by_tabulations() -> None:
    assert copy_text([("a", r"\N"), ("b", "c")]) == "a\t\\N\nb\tc\n"
    assert copy_text([]) == ""


def test_a_column_forgets_what_it_remembered_before_it_holds_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("declaration.domain.registry.compiled.REMEMBERED", 2)
    compiled = CompiledLines(HEADER, PLAIN)
    [column] = [column for name, _, column in compiled._known if name == "lease_start"]
    days = ["2016-09-01", "2016-09-02", "2016-09-03"]
    assert list(column.read_each(days, set())) == days
    assert list(column) == days[2:]


def test_an_absent_column_reads_as_empty_and_a_mandatory_one_that_is_empty_leaves_its_line_to_the_rules() -> None:
    names = [name for name in COLUMNS if name not in ("lease_end", "first_name")]
    compiled = CompiledLines(lines.header(";".join(names)), PLAIN)
    whole = ";".join(LINE.get(name, "") for name in names)
    gap = ";".join({**LINE, "tenant_last_name": " "}.get(name, "") for name in names)
    block = compiled.read([f"{line}\n".encode() for line in (whole, gap, whole)])
    assert (list(block.places), list(block.columns["lease_end"])) == ([0, 2], [None, None])
    assert list(block.columns["dwelling_ref"]) == ["L-0001", "L-0001"]


@pytest.mark.parametrize(
    "change",
    [
        {"siret": ""},
        {"landlord_name": ""},
        {"lease_end": "2016-08-31"},
        {"landlord_kind": "natural_person"},
        {"siret": '"73282932000074"'},
        {"tenant_first_name": "A\rB"},
    ],
)
def test_a_line_with_anything_to_say_is_left_to_the_rules(change: dict[str, str]) -> None:
    line = ";".join({**LINE, **change}.get(name, "") for name in COLUMNS)
    good = ";".join(LINE.get(name, "") for name in COLUMNS)
    assert list(CompiledLines(HEADER, PLAIN).read([line.encode(), good.encode()]).places) == [1]


def test_a_lease_that_ends_on_its_first_day_and_an_empty_name_are_read_quickly() -> None:
    change = {"lease_end": LINE["lease_start"], "tenant_first_name": "", "email": "", "previous_rent": ""}
    line = ";".join({**LINE, **change}.get(name, "") for name in COLUMNS)
    block = CompiledLines(HEADER, PLAIN).read([f"{line}\r\n".encode(), f"{line};\n".encode()])
    assert list(block.places) == [0]
    assert [block.columns[name] for name in ("email", "previous_rent", "lease_end")] == [[None], [None], ["2016-09-01"]]
