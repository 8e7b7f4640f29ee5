"""Contradictions between lines, line by line, and blocks of lines made into rows, without a database."""

import io
from datetime import date
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from chassis import email_address, ids
from declaration.domain.answers.columns import ANSWERS
from declaration.domain.registry import csv_lines, lines, printable, reachable, rows
from declaration.domain.registry.blocks import Block, BlockReader, Reading
from declaration.domain.registry.columns import COLUMNS
from declaration.domain.registry.contradictions import LANDLORD, Judged, Pair, corrected, judge, overlap
from declaration.domain.registry.lines import ERROR, REGISTRY, WARNING, FileRefusedError, LineError
from declaration_cases import LINE, PERSON, SIRET

START = date(2016, 9, 1)
STAGED: dict[str, Any] = {
    **{"user_number": "35900007090001", "kind": "legal_person", "siret": SIRET, "name": "REGIE DES LICES"},
    **{"civility": None, "last_name": None, "first_name": None, "email": None, "landlord_address": "[]"},
    **{"dwelling_ref": "L-1", "housing_type": "private", "dwelling_address": "[]", "commune_insee": "35238"},
    **{"furnished": "0", "single_room": "0", "tenant_number": "1234567A", "tenant_last_name": "DEUJOURS"},
    **{"tenant_first_name": "Adam", "lease_start": START, "lease_end": None, "co_tenants": "1"},
    **{"previous_rent": "41250", "previous_charges": "3800", "benefit_kind": "ALS", "benefit_amount": "16200"},
    "paid_to_landlord": "0",
}
OTHERS = {"dwelling_ref": "L-2", "tenant_number": "7654321B"}


def judged(*changes: dict[str, Any], known: dict[str, dict[str, Any]] | None = None) -> Judged:
    return judge([{**STAGED, "line": 2 + place, **change} for place, change in enumerate(changes)], known or {})


def same(of: str) -> str:
    return f"la même valeur sur toutes les lignes {of}"


def told(line: int, column: str, rule: str, message: str) -> LineError:
    return LineError(line, column, rule, message, COLUMNS[column].example)


@pytest.mark.parametrize("name", [name for name in LANDLORD if name != "kind"])
def test_lines_of_one_company_agree_on_the_company(name: str) -> None:
    found = judged({}, {**OTHERS, name: "autre"}, {**OTHERS})
    column = LANDLORD[name]
    assert found.errors == [told(3, column, same("d’un bailleur"), "Cette valeur contredit celle de la ligne 2.")]
    assert found.again == []


@pytest.mark.parametrize("name", ["housing_type", "dwelling_address", "commune_insee", "furnished", "single_room"])
def test_lines_of_one_dwelling_agree_on_the_dwelling(name: str) -> None:
    found = judged({}, {**OTHERS}, {"tenant_number": "7654321B", name: "autre"})
    assert found.errors == [told(4, name, same("d’un logement"), "Cette valeur contredit celle de la ligne 2.")]


LEASE = (
    *("tenant_last_name", "tenant_first_name", "lease_end", "co_tenants", "previous_rent", "previous_charges"),
    *("benefit_kind", "benefit_amount", "paid_to_landlord"),
)


@pytest.mark.parametrize("name", LEASE)
def test_lines_of_one_lease_agree_on_the_lease(name: str) -> None:
    found = judged({}, {name: "autre"})
    assert found.errors == [told(3, name, same("d’un bail"), "Cette valeur contredit celle de la ligne 2.")]


def test_a_person_s_name_is_compared_part_by_part_and_not_as_the_company_s() -> None:
    person = {"kind": "natural_person", "siret": None, "name": "Mme Zoé MARTIN", "last_name": "MARTIN"}
    found = judged(person, {**person, **OTHERS, "name": "Mme Zoé LEROY", "last_name": "LEROY"})
    assert [error.column for error in found.errors] == ["last_name"]
    assert judged(person, {**person, **OTHERS, "name": "Zoé MARTIN"}).errors == []


def test_every_contradiction_of_a_line_is_told_but_of_its_lease_only_once_the_rest_agrees() -> None:
    found = judged({}, {"email": "a@b.fr", "furnished": "1", "co_tenants": "2"})
    assert [error.column for error in found.errors] == ["email", "furnished"]


def test_a_line_told_again_word_for_word_is_counted_and_one_that_was_refused_stands_for_nothing() -> None:
    found = judged({}, {"co_tenants": "2"}, {"co_tenants": "2"}, {}, {**OTHERS})
    assert [error.line for error in found.errors] == [3, 4]
    assert found.again == [5]


def test_each_landlord_is_judged_alone() -> None:
    other = {"user_number": "35900007090002", "email": "a@b.fr", "furnished": "1", "co_tenants": "2"}
    assert judged({}, other, {**other, **OTHERS, "furnished": "0"}) == Judged()


def test_two_leases_that_overlap_are_told_with_the_earlier_line() -> None:
    rule = "deux baux d’un locataire dans un logement se suivent, sans se chevaucher"
    found = judged({}, {"lease_start": date(2020, 1, 1)}, {**OTHERS, "lease_start": date(2020, 1, 1)})
    assert found.errors == [told(3, "lease_start", rule, "Ce bail chevauche celui de la ligne 2.")]
    followed = ({"lease_end": date(2020, 1, 1)}, {"lease_start": date(2020, 1, 1)})
    assert judged(*followed) == judged(*reversed(followed)) == Judged()


REGISTERED = {STAGED["user_number"]: {"kind": "legal_person", "siret": SIRET}}


@pytest.mark.parametrize("change", [{"siret": "44306184100047"}, {"kind": "natural_person", "siret": None}])
def test_a_file_does_not_move_a_registered_landlord_to_another_company(change: dict[str, Any]) -> None:
    found = judged(change, {}, known=REGISTERED)
    column = LANDLORD[next(iter(change))]
    rule = "l’entreprise d’un bailleur déjà enregistré ne change pas par un fichier"
    message = "Ce bailleur est enregistré sous une autre entreprise : un agent la change lui-même."
    assert [(error.line, error.column, error.rule, error.message.replace("\u00a0", " ")) for error in found.errors] == [
        (2, column, rule, message)
    ]
    # The refused line says nothing of the landlord: the next one is not compared with it.
    assert judged(change, {"email": "a@b.fr"}, known=REGISTERED).errors == found.errors
    assert judged({}, known=REGISTERED) == Judged()


@pytest.mark.parametrize(
    ("start", "end", "other_start", "other_end", "shared"),
    [
        (1, 3, 3, 5, False),
        (1, 4, 3, 5, True),
        (3, 5, 1, 3, False),
        (3, 5, 1, 4, True),
        (1, None, 3, None, True),
        (3, None, 1, 3, False),
        (3, None, 1, 4, True),
        (1, 3, 3, None, False),
        (1, 4, 3, None, True),
    ],
)
def test_a_lease_may_begin_on_the_day_another_ends(
    start: int, end: int | None, other_start: int, other_end: int | None, shared: bool
) -> None:
    days = [date(2026, 1, day) if day else None for day in (end, other_end)]
    assert overlap(date(2026, 1, start), days[0], date(2026, 1, other_start), days[1]) is shared


def pair(line: int, day: int, lease: str) -> Pair:
    return Pair(line, date(2026, 1, day), date(2020, 1, 1), lease)


def test_of_two_lines_that_overlap_one_known_lease_the_one_that_begins_first_corrects_it() -> None:
    assert corrected([pair(2, 9, "a"), pair(3, 5, "a"), pair(4, 7, "b")]) == (
        {3: date(2020, 1, 1), 4: date(2020, 1, 1)},
        [],
    )
    # The same first day: the earlier line.
    assert list(corrected([pair(3, 5, "a"), pair(2, 5, "a")])[0]) == [2]


def test_lines_that_may_mean_several_known_leases_are_told_in_their_order() -> None:
    known, errors = corrected([pair(9, 1, "a"), pair(9, 1, "b"), pair(5, 2, "a"), pair(5, 2, "b"), pair(7, 3, "a")])
    assert known == {7: date(2020, 1, 1)}
    rule = "deux baux d’un locataire dans un logement se suivent, sans se chevaucher"
    message = "Ce bail chevauche plusieurs baux enregistrés de ce locataire dans ce logement."
    assert errors == [told(line, "lease_start", rule, message) for line in (5, 9)]


HEADER = lines.header(";".join(COLUMNS))
IMPORT = UUID(int=7)


def raw(row: dict[str, str]) -> bytes:
    return (";".join(row.get(name, "") for name in COLUMNS) + "\n").encode()


def block(*raws: bytes, caf_code: str | None = None, copying: bool = False, slices: int = 8) -> Block:
    return BlockReader(Reading(HEADER, IMPORT, caf_code, slices, copying)).read(raws, 10)


def staged(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(rows.COLUMNS, row, strict=True))


def test_a_company_s_line_becomes_a_row() -> None:
    read = block(raw({**LINE, "lease_end": "2027-01-31", "first_name": "Zoé"}))
    assert (read.done, read.good, read.bad_lines, read.errors) == (1, 1, 0, [])
    [row] = map(staged, read.content)
    assert row == {
        **{"import_id": IMPORT.hex, "slice": str(crc32(b"35900007090001") % 8), "line": "10"},
        **{"organisation_id": ids.organisation_id(siret=SIRET).hex, "caf_code": "359", "kind": "legal_person"},
        **{"user_number": "35900007090001", "siret": SIRET, "name": "REGIE DES LICES", "civility": None},
        **{"last_name": None, "first_name": "Zoé", "email": "gestion@lices.example"},
        "landlord_address": '["REGIE DES LICES", "12 PLACE DES LICES", "35000 RENNES"]',
        **{"housing_type": "private", "dwelling_ref": "L-0001", "commune_insee": "35238", "departement": "35"},
        "dwelling_address": '["APPARTEMENT 4", "2 RUE GINA PANE", "35000 RENNES"]',
        **{"furnished": "0", "single_room": "0", "tenant_number": "1234567A", "tenant_last_name": "DEUJOURS"},
        "dwelling_search": "appartement 4 2 rue gina pane 35000 rennes l 0001",
        **{"tenant_first_name": "Adam", "lease_start": "2016-09-01", "lease_end": "2027-01-31", "co_tenants": "1"},
        **{"previous_rent": "41250", "previous_charges": "3800", "benefit_kind": "ALS", "benefit_amount": "16200"},
        **{"paid_to_landlord": "0", "sort_key": "deujours adam", "tenant_search": "deujours adam 1234567a"},
    }


def test_a_person_s_line_has_no_siret_and_their_own_organisation() -> None:
    # A SIRET beside a person is not theirs.
    [row] = map(staged, block(raw({**PERSON, "siret": SIRET, "tenant_first_name": ""})).content)
    assert (row["siret"], row["name"]) == (None, "Mme Zoé MARTIN")
    assert row["organisation_id"] == ids.organisation_id(siret=None, user_number="35900007090002").hex
    assert (row["tenant_first_name"], row["sort_key"]) == ("", "deujours")
    [row] = map(staged, block(raw({**PERSON, "first_name": ""})).content)
    assert (row["name"], row["first_name"]) == ("Mme MARTIN", None)


def test_a_line_read_by_the_rules_becomes_the_same_row_as_one_read_quickly() -> None:
    quoted = raw({**LINE, "landlord_name": '"REGIE DES LICES"'})
    read = block(raw(LINE), quoted)
    quick, slow = map(staged, read.content)
    assert {**quick, "line": "11"} == slow
    assert (read.done, read.good, read.bad_lines) == (2, 2, 0)


def test_for_copy_rows_are_lines_of_text_with_null_as_its_sign() -> None:
    read = block(raw({**PERSON, "tenant_last_name": "A\\N"}), raw({**PERSON, "siret": "1"}), copying=True)
    first, rest = read.content.split("\n", 1)
    row = dict(zip(rows.COLUMNS, first.split("\t"), strict=True))
    assert (row["line"], row["siret"], row["email"], row["tenant_last_name"]) == ("10", r"\N", r"\N", r"A\\N")
    assert (rest, read.bad_lines) == ("", 1)


def test_empty_lines_are_passed_over_and_bad_ones_are_counted_and_told() -> None:
    read = block(b"\n", raw({**LINE, "siret": "1"}), b"\xff\n", b"a;b\n", raw(LINE), b"x" * csv_lines.LONGEST_LINE)
    assert (read.done, read.good, read.bad_lines) == (6, 1, 4)
    columns = [(error.line, error.column) for error in read.errors]
    assert columns == [(11, "siret"), (12, ""), (13, ""), (15, "")]
    assert [staged(row)["line"] for row in read.content] == ["14"]


def test_a_line_of_another_caf_is_told_as_such_read_quickly_or_not() -> None:
    other = {**LINE, "caf_code": "220"}
    read = block(raw(other), raw({**other, "landlord_name": '"X"'}), raw(LINE), caf_code="359")
    assert (read.good, read.bad_lines) == (1, 2)
    sentence = "Cette ligne est celle d’une autre Caf que la vôtre."
    assert read.errors == [told(line, "caf_code", "3 chiffres", sentence) for line in (10, 11)]


def test_an_address_where_no_letter_can_go_is_told_once_a_landlord_on_its_first_line() -> None:
    bad = {**LINE, "landlord_address": "RENNES", "email": "rené@lices.example"}
    read = block(raw(LINE), raw(bad), raw({**bad, "dwelling_ref": "L-2"}), raw({**bad, "landlord_name": '"X"'}))
    assert (read.good, read.bad_lines) == (4, 0)
    assert [(error.line, error.column, error.severity) for error in read.errors] == [
        (11, "landlord_address", WARNING),
        (11, "email", WARNING),
    ]
    [slow] = block(raw({**bad, "email": "", "landlord_name": '"X"'})).errors
    assert (slow.line, slow.column, slow.severity) == (10, "landlord_address", WARNING)


def test_a_warning_says_what_happens_to_the_line_and_why() -> None:
    values = {"landlord_kind": "legal_person", "landlord_name": "REGIE", "landlord_address": ("MME X", "RENNES")}
    found = printable.warning(values, 5)
    assert found is not None
    assert found.message.startswith("Ligne prise en compte, mais aucun courrier ne peut être imprimé. ")
    assert found == LineError(
        5,
        "landlord_address",
        "une adresse où un courrier arrive : la voie, le code postal et la commune, ou le pays",
        found.message,
        COLUMNS["landlord_address"].example,
        severity=WARNING,
    )
    assert printable.warning({**values, "landlord_address": ("1 RUE X", "35000 RENNES")}, 5) is None
    person = {"civility": "Mme", "first_name": None, "last_name": "N" * 36, "landlord_kind": "natural_person"}
    # Shortened to fit, as the norm has it: it is printed.
    assert printable.warning({**person, "landlord_address": ("1 RUE X", "35000 RENNES")}, 5) is None


def test_a_name_of_several_parts_must_fit_one_line_above_a_short_address() -> None:
    def doubtful(*names: str | None) -> bool:
        parts = dict(zip(("landlord_name", "civility", "first_name", "last_name"), names, strict=True))
        address = {"landlord_address": ['["1 RUE X", "35000 RENNES"]']}
        return printable.doubtful({**address, **{name: [part] for name, part in parts.items()}}) == [0]

    assert not doubtful(None, "Mme", "Z" * 15, "N" * 17)
    assert doubtful(None, "Mme", "Z" * 15, "N" * 18)
    assert [doubtful("N" * 37, None, None, None), doubtful("N" * 38, None, None, None)] == [False, True]


def test_a_mailbox_that_relays_do_not_carry_is_told_with_the_rule() -> None:
    assert reachable.warning({"email": None}, 5) is None
    assert reachable.warning({"email": "a@b.fr"}, 5) is None
    message = f"Ligne prise en compte, mais ce bailleur recevra des courriers. {email_address.refusal('é@b.fr')}"
    assert reachable.warning({"email": "é@b.fr"}, 5) == LineError(
        5, "email", email_address.RULE, message, COLUMNS["email"].example, severity=WARNING
    )


@pytest.mark.parametrize(
    ("emails", "places"),
    [([None, "a@b.fr"], []), ([None, "a@b.fr", "é@b.fr", "a@é.fr"], [2, 3]), ([], [])],
)
def test_only_accented_mailboxes_are_looked_at(emails: list[str | None], places: list[int]) -> None:
    assert reachable.doubtful({"email": emails}) == places


LONGEST = csv_lines.LONGEST_LINE


def test_lines_are_taken_one_by_one_and_a_long_one_is_cut_once() -> None:
    stream = io.BytesIO(b"a\n" + b"x" * (2 * LONGEST + 5) + b"\nb\n\nc")
    assert csv_lines.next_line(stream) == b"a\n"
    assert csv_lines.next_lines(stream, 2) == [b"x" * LONGEST, b"b\n"]
    assert csv_lines.next_lines(stream, 9) == [b"\n", b"c"]
    assert csv_lines.next_lines(stream, 9) == []
    assert csv_lines.next_line(stream) == b""


def test_a_line_of_just_the_longest_length_takes_nothing_of_the_next() -> None:
    stream = io.BytesIO(b"x" * (LONGEST - 1) + b"\nb\n")
    assert csv_lines.next_lines(stream, 2) == [b"x" * (LONGEST - 1) + b"\n", b"b\n"]


def test_a_file_is_read_in_blocks_never_whole() -> None:
    class Stream(io.BytesIO):
        """Refuses to give all that is left, or a line of any length."""

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert size > 0
            return super().read(size)

        def readline(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert size > 0
            return super().readline(size)

    content = raw({name: name for name in COLUMNS}) + b"x" * (LONGEST + 1) + b"\n"
    assert csv_lines.read_header(Stream(content)) == HEADER
    assert len(csv_lines.next_lines(Stream(content), 9)) == 2
    assert csv_lines.count(Stream(content)) == 1


@pytest.mark.parametrize(
    ("content", "count"),
    [(b"", 0), (b"h", 0), (b"h\n", 0), (b"h\na", 1), (b"h\na\n", 1), (b"h\na\n\nb", 3)],
)
def test_lines_are_counted_after_the_first(content: bytes, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert csv_lines.count(io.BytesIO(content)) == count
    monkeypatch.setattr(csv_lines, "BLOCK", 2)
    assert csv_lines.count(io.BytesIO(content)) == count


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * LONGEST, "Cette ligne est trop longue."),
        (b"\xff", "Cette ligne n’est pas enregistrée en UTF-8."),
        (b'a;"b', "Un guillemet n’est pas fermé, ou la ligne est trop longue."),
    ],
)
def test_a_line_that_cannot_be_read_says_how_it_should_begin(content: bytes, message: str) -> None:
    example = "359;359 00007090001;legal_person;73282932000074;REGIE DES LICES;…"
    assert csv_lines.read_line(content, HEADER, 6) == (
        None,
        [LineError(6, "", "une ligne de texte UTF-8, colonnes séparées par ;", message, example, ERROR)],
    )
    assert REGISTRY.example == example


def test_a_first_line_that_is_not_utf8_refuses_the_file() -> None:
    assert csv_lines.read_header(io.BytesIO(raw({name: name for name in COLUMNS}))) == HEADER
    assert csv_lines.read_header(io.BytesIO(b"reference;answer\n"), ANSWERS).names == ("reference", "answer")
    with pytest.raises(FileRefusedError) as refused:
        csv_lines.read_header(io.BytesIO(b"\xff\n"))
    assert str(refused.value) == "Le fichier n’est pas enregistré en UTF-8."
