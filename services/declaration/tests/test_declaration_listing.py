"""The list: what filters keep, in which order, page by page and as files; each row once whatever happens meanwhile."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from chassis import clock, ids
from declaration.domain.states import PRECEDENCE, State
from declaration.listing import keyset, pages, sheets
from declaration.listing.filters import Filters
from declaration.perimeter import Sight
from declaration_cases import INFORMATION, PERSON, RENT, SITUATION
from python_calamine import CalamineWorkbook

NAMES = ("ÉVRARD", "DEUJOURS", "Le Goff", "deujours", "ZOLA", "ABEL", "O’BRIEN")


@pytest.fixture
def listed(world: Any) -> Any:
    rows = [
        {
            "dwelling_ref": f"L-{rank}",
            "tenant_number": f"{rank:07}A",
            "tenant_last_name": name,
            "dwelling_address": f"{9 - rank} RUE GINA PANE|35000 RENNES",
            "commune_insee": "22278" if rank % 2 else "35238",
        }
        for rank, name in enumerate(NAMES)
    ]
    world.register(*rows)
    world.open_campaign()
    return world


def walk(world: Any, headers: dict[str, str], limit: int = 2, **params: Any) -> list[dict[str, Any]]:
    """All pages, one after the other."""
    found, cursor = [], None
    while True:
        page = world.get("/declarations", headers, limit=limit, **params, **({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        found += page.json()["items"]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return found


def declare(world: Any, headers: dict[str, str], item: dict[str, Any], rent: str) -> None:
    path = f"/declarations/{item['id']}"
    etag = world.get(path, headers).headers["etag"]
    steps = {"information": INFORMATION, "situation": SITUATION, "rent": {**RENT, "rent": rent}}
    answer = world.put(f"{path}/draft", headers, steps, **{"If-Match": etag})
    assert answer.status_code == 200, answer.text


def test_the_export_holds_nothing_from_outside_the_perimeter(listed: Any) -> None:
    assert listed.get("/declarations/export", {}).status_code == 401
    headers = listed.grant(ids.new_id(), ("private", "22"))
    for outside in (listed.harness.headers(sub=ids.new_id(), org=listed.organisation_id), listed.agent("220")):
        assert exported(listed, outside) == []
    assert {row["N° allocataire"] for row in exported(listed, headers)} == {"0000001A", "0000003A", "0000005A"}
    assert exported(listed, headers, q="evrard") == []
    assert {row["Département"] for row in exported(listed, headers, zone="22")} == {"22"}
    assert exported(listed, headers, zone="35") == []


def exported(world: Any, headers: dict[str, str], **params: Any) -> list[dict[str, str]]:
    answer = world.get("/declarations/export", headers, **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


SORTS = ("status", "tenant", "address", "updated_at", "rent")


@pytest.fixture(params=[keyset.FEW, 0], ids=["few", "many"])
def sifted(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of few rows is read whole, one of many is walked: both, with the rows of a test."""
    monkeypatch.setattr(keyset, "FEW", request.param)


@pytest.mark.usefixtures("sifted")
@pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
def test_every_row_comes_once_in_the_same_order_whatever_the_page_size(listed: Any, sort: str) -> None:
    headers = listed.landlord()
    items = listed.declarations(headers)
    for rank, item in enumerate(items[:3]):
        declare(listed, headers, item, f"{500 - rank * 7},50")
    whole = [item["id"] for item in listed.declarations(headers, sort=sort)]
    assert sorted(whole) == sorted(item["id"] for item in items)
    for limit in (1, 2, 3):
        assert [item["id"] for item in walk(listed, headers, limit, sort=sort)] == whole
    opposite = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert [item["id"] for item in listed.declarations(headers, sort=opposite)] == whole[::-1]


@pytest.mark.usefixtures("sifted")
def test_each_order_is_the_one_its_name_says(listed: Any) -> None:
    headers = listed.landlord()
    for rank, item in enumerate(listed.declarations(headers)[:3]):
        declare(listed, headers, item, f"{300 + rank * 250}")
    by = {sort: listed.declarations(headers, sort=sort) for sort in SORTS}
    names = [item["tenant"]["last_name"] for item in by["tenant"]]
    assert names == ["ABEL", "DEUJOURS", "deujours", "ÉVRARD", "Le Goff", "O’BRIEN", "ZOLA"]
    assert [item["dwelling"]["address"][0][0] for item in by["address"]] == ["3", "4", "5", "6", "7", "8", "9"]
    assert [item["rent"] for item in by["rent"]] == [None] * 4 + ["300.00", "550.00", "800.00"]
    changes = [item["updated_at"] for item in by["updated_at"]]
    assert changes == sorted(changes)
    ranks = [PRECEDENCE[State(item["status"])] for item in by["status"]]
    assert ranks == sorted(ranks)


def test_rows_that_come_and_change_during_a_walk_make_no_row_come_twice_nor_any_other_be_missed(listed: Any) -> None:
    headers = listed.landlord()
    at_first = {item["id"] for item in listed.declarations(headers)}
    page = listed.get("/declarations", headers, limit=3, sort="tenant").json()
    seen = [item["id"] for item in page["items"]]
    listed.register(
        {"dwelling_ref": "N-1", "tenant_number": "9999991A", "tenant_last_name": "AARON"},
        {"dwelling_ref": "N-2", "tenant_number": "9999992A", "tenant_last_name": "ZZZ"},
    )
    declare(listed, headers, page["items"][0], "410")
    while page["next_cursor"]:
        page = listed.get("/declarations", headers, limit=1, sort="tenant", cursor=page["next_cursor"]).json()
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen))
    assert at_first <= set(seen)


def test_counts_and_total_are_those_of_the_first_page_all_along(listed: Any) -> None:
    headers = listed.landlord()
    first = listed.get("/declarations", headers, limit=2).json()
    assert (first["total"], first["counts"]) == (7, {"to_declare": 7})
    declare(listed, headers, first["items"][0], "410")
    second = listed.get("/declarations", headers, limit=2, cursor=first["next_cursor"]).json()
    assert (second["total"], second["counts"]) == (7, {"to_declare": 7})
    again = listed.get("/declarations", headers, limit=2, status="draft").json()
    assert (again["total"], again["counts"]) == (1, {"to_declare": 6, "draft": 1})


def test_a_cursor_is_good_for_its_own_order_only(listed: Any) -> None:
    headers = listed.landlord()
    cursor = listed.get("/declarations", headers, limit=2, sort="tenant").json()["next_cursor"]
    for sort in ("-tenant", "rent", "status"):
        assert listed.get("/declarations", headers, limit=2, sort=sort, cursor=cursor).status_code == 400, sort
    assert listed.get("/declarations", headers, sort="name").status_code == 400


@pytest.mark.usefixtures("sifted")
@pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
def test_a_search_gives_the_rows_the_order_and_the_counts_that_a_walk_gives(listed: Any, sort: str) -> None:
    headers = listed.landlord()
    items = listed.declarations(headers)
    for rank, item in enumerate(items[:3]):
        declare(listed, headers, item, f"{500 - rank * 7},50")
    whole = listed.get("/declarations", headers, sort=sort).json()
    found = listed.get("/declarations", headers, sort=sort, q="gina rennes").json()
    assert found == whole
    assert walk(listed, headers, 2, sort=sort, q="gina rennes") == whole["items"]
    in_hand = listed.get("/declarations", headers, sort=sort, q="gina rennes", status="draft").json()
    assert in_hand["items"] == [item for item in whole["items"] if item["status"] == "draft"]
    assert (in_hand["total"], in_hand["counts"]) == (3, whole["counts"])


@pytest.mark.usefixtures("sifted")
def test_filters_narrow_together(listed: Any) -> None:
    headers = listed.landlord()
    found = listed.declarations(headers, q="DEUJOURS gina", zone="22", status="to_declare", late="false")
    assert [item["tenant"]["number"] for item in found] == ["0000001A", "0000003A"]
    assert listed.declarations(headers, late="true") == []
    assert len(listed.declarations(headers, q="obrien")) == 0
    assert len(listed.declarations(headers, q="o brien")) == 1
    assert len(listed.declarations(headers, q="0000004a")) == 1
    assert len(listed.declarations(headers, q="%")) == 7


def test_late_keeps_those_that_can_no_longer_be_in_time(listed: Any, year: int) -> None:
    headers = listed.landlord()
    assert listed.post(f"/campaigns/{year}/closing", listed.agent()).status_code == 200
    assert len(listed.declarations(headers, late="true")) == 7
    assert listed.declarations(headers, late="false") == []


def test_no_user_number_and_no_word_of_a_search_is_kept_with_the_statements(listed: Any) -> None:
    kept = (pages._inside, keyset._counted, pages._first_shown)
    agent = listed.agent()

    def amounts(**filters: str) -> list[int]:
        assert listed.declarations(agent, **filters)
        return [each.cache_info().currsize for each in kept]

    for each in kept:
        each.cache_clear()
    assert amounts() == [1, 1, 1]
    assert amounts(user_number="359 00007090001") == amounts(q="deujours") == [1, 1, 1]
    assert amounts(zone="35") == [2, 2, 2]


def test_the_first_page_holds_the_perimeter_once_where_its_ids_are_found() -> None:
    """None would show everybody's; a second one beside the join is evaluated again for each row of the page."""
    inside = pages._inside(Sight.RIGHTS, frozenset({("private", "FR")}), Filters(), clock.today())
    found, _, shown = str(pages._first_shown(inside, "status", None, 51)).partition(
        "SELECT rent_declaration.id, campaign."
    )
    assert (found.count("FROM access "), shown.count("FROM access ")) == (1, 0)


def test_an_agent_finds_a_landlord_by_the_user_number_of_the_letter(world: Any) -> None:
    world.register({}, {**PERSON, "dwelling_ref": "L-0005", "tenant_number": "5555555E"})
    world.open_campaign()
    for number in ("35900007090002", "359 00007090002"):
        found = world.declarations(world.agent(), user_number=number)
        assert [item["tenant"]["number"] for item in found] == ["5555555E"]
    assert world.declarations(world.agent("220"), user_number="35900007090002") == []


def test_the_files_hold_what_the_filters_show_in_that_order(listed: Any) -> None:
    headers = listed.landlord()
    declare(listed, headers, listed.declarations(headers)[0], "1234,50")
    params = {"zone": "35", "sort": "-tenant"}
    shown = [item["tenant"]["number"] for item in listed.declarations(headers, **params)]
    rows = exported(listed, headers, **params)
    assert [row["N° allocataire"] for row in rows] == shown
    assert {row["Loyer hors charges"] for row in rows} <= {"", "1234,50"}
    book = listed.get("/declarations/export", headers, format="xlsx", **params)
    assert book.headers["content-type"] == sheets.XLSX
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    column = sheet[0].index("N° allocataire")
    assert [row[column] for row in sheet[1:]] == shown
    lines = [line for line in listed.harness.rows("journal") if line["action"] == "declarations.exported"]
    assert [line["after"] for line in lines] == [{"format": "csv", "rows": 4}, {"format": "xlsx", "rows": 4}]


CELLS: list[sheets.Cell] = ["=1+1", "-2", "+33", "@SUM(A1)", "\tx", "DEUJOURS", None, None, 3]


def test_no_cell_of_a_file_is_a_formula_and_amounts_are_numbers(tmp_path: Any) -> None:
    row: list[sheets.Cell] = [*CELLS, Decimal("1234.50"), date(2026, 7, 1)]
    columns = {str(rank): 10 for rank in range(len(row))}
    text, book = io.BytesIO(), io.BytesIO()
    assert sheets.write_csv(text, columns, [row]) == sheets.write_xlsx(book, columns, [row]) == 1
    assert text.getvalue().startswith(b"\xef\xbb\xbf")
    (line,) = list(csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig")), delimiter=";"))[1:]
    assert line == ["'=1+1", "'-2", "'+33", "'@SUM(A1)", "'\tx", "DEUJOURS", "", "", "3", "1234,50", "01/07/2026"]
    book.seek(0)
    with zipfile.ZipFile(book) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    book.seek(0)
    sheet = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert sheet[1][:5] == CELLS[:5]
    assert sheet[1][-2:] == [1234.5, date(2026, 7, 1)]


@pytest.mark.parametrize(
    ("instant", "late"),
    [
        # 23:59:59 in Paris, then midnight, in winter time.
        (datetime(2026, 11, 15, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 15, 23, 0, 0, tzinfo=UTC), True),
    ],
)
def test_the_deadline_is_the_end_of_the_day_in_paris(
    world: Any, monkeypatch: Any, instant: datetime, late: bool
) -> None:
    """French national time for every Caf, overseas too: the letter gives one date."""
    monkeypatch.setattr(clock, "today", lambda: date(2026, 9, 1))
    world.register({}, {"commune_insee": "97411", "dwelling_ref": "L-974", "tenant_number": "9740000R"})
    campaign = {"year": 2026, "opens_on": "2026-07-01", "deadline": "2026-11-15", "cut_off": "2027-01-15"}
    assert world.post("/campaigns", world.agent(), campaign).status_code == 201
    assert world.post("/campaigns/2026/opening", world.agent()).status_code == 200
    monkeypatch.setattr(clock, "today", lambda: instant.astimezone(clock.PARIS).date())
    headers = world.landlord()
    items = world.declarations(headers)
    assert {item["late"] for item in items} == {late}
    assert len(world.declarations(headers, late=str(late).lower())) == 2
    declare(world, headers, items[0], "415")
    path = f"/declarations/{items[0]['id']}"
    etag = world.get(path, headers).headers["etag"]
    assert world.post(f"{path}/transmission", headers, **{"If-Match": etag}).json()["late"] is late


@pytest.mark.parametrize(
    ("zone", "numbers"),
    [
        ("rennes", {"0000000A", "0000002A", "0000004A", "0000006A"}),
        ("Saint-Brieuc", {"0000001A", "0000003A", "0000005A"}),
        ("22278", {"0000001A", "0000003A", "0000005A"}),
        ("2a", set()),
        ("Eu", set()),
        ("nulle part", set()),
    ],
)
def test_a_zone_is_a_departement_or_a_commune_by_its_code_or_its_name(
    listed: Any, zone: str, numbers: set[str]
) -> None:
    found = listed.declarations(listed.landlord(), zone=zone)
    assert {item["tenant"]["number"] for item in found} == numbers


def test_a_commune_may_be_typed_by_name_and_is_kept_by_its_code(listed: Any) -> None:
    headers = listed.landlord()
    path = f"/declarations/{listed.declarations(headers)[0]['id']}"
    typed = {"information": {**INFORMATION, "commune_insee": "Saint Denis (93)"}}
    saved = listed.put(f"{path}/draft", headers, typed, **{"If-Match": '"1"'})
    assert saved.status_code == 200, saved.text
    kept = saved.json()
    assert (kept["draft"]["information"]["commune_insee"], kept["commune_name"]) == ("93066", "Saint-Denis (93)")
    typed["information"]["commune_insee"] = "Saint Denis"
    refused = listed.put(f"{path}/draft", headers, typed, **{"If-Match": saved.headers["etag"]})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (422, "/information/commune_insee")
    assert "Saint-Denis (93)" in error["detail"]
    assert error["example"] == "Rennes"


def test_rows_that_a_sheet_cannot_hold_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS_A_SHEET", 2)
    for count, held in ((0, [0]), (2, [2]), (5, [2, 2, 1])):
        file = io.BytesIO()
        assert sheets.write_xlsx(file, {"Nom": 10}, ([f"N{rank}"] for rank in range(count))) == count
        file.seek(0)
        book = CalamineWorkbook.from_filelike(file)
        found = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        assert [len(rows) - 1 for rows in found] == held
        assert all(rows[0] == ["Nom"] for rows in found)
        assert [row[0] for rows in found for row in rows[1:]] == [f"N{rank}" for rank in range(count)]
