"""Campaigns in the pages: figures that the curve and the tables share, and what each role is shown."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from portal import charts
from portal_stand_ins import FakeServices, SignIn, example
from webui.testing import page_checks, parse

AT = "/api/declaration/v1/campaigns"
LIMIT = date(2026, 11, 15)


def rows(*counts: int, first: date = date(2026, 9, 2)) -> list[dict[str, Any]]:
    return [
        {"day": (first + timedelta(days=at)).isoformat(), "transmitted": count, "cumulated": sum(counts[: at + 1])}
        for at, count in enumerate(counts)
    ]


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", caf="359")


@pytest.fixture
def supervisor(sign_in: SignIn) -> FlaskClient:
    return sign_in(kind="agent", supervisor=True)


def test_a_curve_rises_from_nothing_to_its_last_sum_inside_the_drawing() -> None:
    curve = charts.cumulated(rows(3, 0, 7, 120), LIMIT)
    assert curve is not None
    points = [tuple(map(float, point.split(","))) for point in curve.points.split()]
    assert len(points) == 5
    assert points[0] == (curve.left, curve.bottom)
    assert points[-1][0] == curve.right
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert points[-1][1] >= curve.top
    assert [mark.label for mark in curve.heights] == ["0", "50", "100", "150"]
    assert curve.limit is None


@pytest.mark.parametrize("most", [1, 2, 9, 10, 11, 99, 4_999, 30_412, 3_000_000])
def test_the_height_has_few_round_marks_and_holds_the_highest_sum(most: int) -> None:
    curve = charts.cumulated(rows(most), LIMIT)
    assert curve is not None
    assert 2 <= len(curve.heights) <= charts.MOST_TICKS + 1
    assert int(curve.heights[-1].label.replace("\u00a0", "")) >= most


def test_a_year_of_days_has_few_marks_and_shows_the_deadline() -> None:
    curve = charts.cumulated(rows(*[1] * 200), LIMIT)
    assert curve is not None
    assert len(curve.days) <= charts.MOST_TICKS + 1
    assert curve.limit is not None
    assert curve.left < curve.limit < curve.right


def test_there_is_no_curve_before_the_first_transmission(agent: FlaskClient, services: FakeServices) -> None:
    assert charts.cumulated([], LIMIT) is None
    services.on(
        "GET", f"{AT}/2026/progress", {**example("declaration", "/campaigns/{year}/progress", "get"), "days": []}
    )
    page = agent.get("/agent/campagnes/2026").text
    assert "<svg" not in page
    assert "Rien n’a encore été transmis." in page
    assert page_checks(page) == []


def test_the_curve_has_a_name_a_text_and_its_figures_as_a_table(agent: FlaskClient, services: FakeServices) -> None:
    told = {**example("declaration", "/campaigns/{year}/progress", "get"), "days": rows(1_000, 0, 350)}
    services.on("GET", f"{AT}/2026/progress", told)
    page = agent.get("/agent/campagnes/2026").text
    assert page_checks(page) == []
    elements = parse(page)
    (drawing,) = [element for element in elements if element.tag == "svg"]
    assert drawing.get("role") == "img"
    ids = {element.get("id"): element.words for element in elements if element.inside("svg")}
    name, text = (ids[each] for each in drawing.get("aria-labelledby").split())
    assert name == "Déclarations transmises, cumulées"
    assert "1\u00a0350\u00a0déclarations transmises" in text
    cells = [element.words for element in elements if element.tag in ("td", "th") and element.inside("details")]
    assert cells[3:6] == ["4 septembre 2026", "350", "1\u00a0350"]
    assert cells[6:9] == ["3 septembre 2026", "0", "1\u00a0000"]


def test_the_progress_gives_each_part_of_the_campaign_and_its_share(agent: FlaskClient) -> None:
    elements = parse(agent.get("/agent/campagnes/2026").text)
    captions = [element.words for element in elements if element.tag == "caption"]
    assert captions == ["Transmissions par jour", "Par type de logements", "Par département"]
    row = next(e for e in elements if e.tag == "tr" and "Privé" in e.words)
    assert "54,5\u00a0%" in row.words


def test_what_the_last_day_left_is_said(agent: FlaskClient, services: FakeServices) -> None:
    told = example("declaration", "/campaigns/{year}/progress", "get")
    told["campaign"] |= {"phase": "closed", "unfinished": {"draft": 12, "to_declare": 1_000}}
    services.on("GET", f"{AT}/2026/progress", told)
    page = agent.get("/agent/campagnes/2026").text
    assert "1\u00a0012\u00a0déclarations n’étaient pas terminées" in page
    assert page_checks(page) == []


def test_france_is_for_supervisors(agent: FlaskClient, services: FakeServices) -> None:
    assert agent.get("/agent/campagnes/2026/france").status_code == 404
    assert "toute la France" not in agent.get("/agent/campagnes").text
    assert not [call for call in services.calls if call.url.path.endswith("/cafs")]


def test_a_supervisor_finds_every_caf_with_its_progress(supervisor: FlaskClient) -> None:
    page = supervisor.get("/agent/campagnes/2026/france").text
    assert page_checks(page) == []
    assert "1\u00a0Caf a une campagne" in page
    assert 'href="/agent/campagnes/2026?caf=359"' in page
    assert "/agent/campagnes/2026/france" in supervisor.get("/agent/campagnes").text


def test_france_is_shown_day_after_day_with_the_deadline_that_all_cafs_share(
    supervisor: FlaskClient, services: FakeServices
) -> None:
    told = example("declaration", "/campaigns/{year}/cafs", "get")
    told["days"].append({"day": "2026-11-16", "transmitted": 0, "cumulated": 16350})
    services.on("GET", f"{AT}/2026/cafs", told)
    page = supervisor.get("/agent/campagnes/2026/france").text
    captions = [element.words for element in parse(page) if element.tag == "caption"]
    assert captions == ["Transmissions par jour", "Par Caf", "Par type de logements", "Par département"]
    assert ("<polyline" in page, "Date limite</text>" in page, page_checks(page)) == (True, True, [])
    told["cafs"].append({**told["cafs"][0], "caf_code": "220", "deadline": "2026-11-10"})
    assert "Date limite</text>" not in supervisor.get("/agent/campagnes/2026/france").text
    told["days"] = []
    page = supervisor.get("/agent/campagnes/2026/france").text
    assert ("Rien n’a encore été transmis" in page, page_checks(page)) == (True, [])
