"""Campaigns over HTTP: opened once for a whole Caf, asked once a landlord, closed, late until the cut-off."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chassis import clock
from declaration.domain.july import exemption
from declaration.models import Campaign
from declaration_cases import INFORMATION, PERSON, RENT, SITUATION
from sqlalchemy import update

ASKED = "declaration.landlord_asked.v1"


def lot(number: int, **changes: str) -> dict[str, str]:
    return {"dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


def new(year: int, **changes: Any) -> dict[str, Any]:
    return {"year": year, "deadline": f"{year}-11-15", "cut_off": f"{year + 1}-01-15", **changes}


def test_a_campaign_is_prepared_once_with_dates_that_follow_each_other(world: Any, year: int) -> None:
    made = world.post("/campaigns", world.agent(), new(year))
    assert made.status_code == 201, made.text
    assert (made.json()["phase"], made.json()["opens_on"]) == ("draft", f"{year}-07-01")
    assert world.post("/campaigns", world.agent(), new(year)).status_code == 409
    refused = world.post("/campaigns", world.agent(), new(year - 1, cut_off=f"{year - 1}-01-01"))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/cut_off"]


def test_of_two_agents_who_prepare_a_campaign_together_the_second_is_told(world: Any, year: int) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: world.post("/campaigns", world.agent(), new(year)).status_code, range(4)))
    assert sorted(made) == [201, 409, 409, 409]


def test_a_supervisor_names_the_caf(world: Any, year: int) -> None:
    supervisor = world.agent("000", supervisor=True)
    assert world.post("/campaigns", supervisor, new(year)).status_code == 400
    made = world.post("/campaigns", supervisor, new(year, caf_code="359", deadline=f"{year}-12-31"))
    assert made.json()["caf_code"] == "359"
    assert world.post(f"/campaigns/{year}/opening?caf_code=359", supervisor).status_code == 200


def test_opening_makes_one_declaration_a_tenancy_and_one_asking_a_landlord(world: Any, year: int) -> None:
    world.register(
        {},
        lot(2),
        lot(3, lease_start=f"{year}-08-01"),
        lot(4, lease_end=f"{year}-06-30"),
        lot(5, lease_end=f"{year}-07-01"),
        {**PERSON, **lot(6, lease_start=f"{year}-12-01")},
        {"caf_code": "220", "user_number": "22000000000001", **lot(7)},
    )
    assert world.open_campaign() == {"declarations": 3, "not_concerned": 3, "landlords": 1}
    (asked,) = world.harness.published(ASKED)
    assert asked.data["tenancies"] == len(asked.personal["tenants"]) == 3
    assert asked.personal["caf"]["telephone"] == "3230"
    (opened,) = world.harness.published("declaration.campaign_opened.v1")
    assert (opened.data["declarations"], opened.data["landlords"]) == (3, 1)
    world.harness.run_job("ask landlords")
    assert len(world.harness.published(ASKED)) == 1


def test_a_campaign_opens_once(world: Any, year: int) -> None:
    world.register({})
    world.open_campaign()
    assert world.post(f"/campaigns/{year}/opening", world.agent()).status_code == 409
    assert len(world.harness.rows("rent_declaration")) == 1


def test_the_database_exempts_the_same_leases_as_the_rule(world: Any, year: int) -> None:
    starts = [f"{year - 5}-01-01", f"{year}-07-01", f"{year}-07-31", f"{year}-08-01"]
    ends = ["", f"{year}-06-30", f"{year}-07-01", f"{year}-07-31", f"{year}-12-31"]
    leases = [(start, end) for start in starts for end in ends if not end or end >= start]
    world.register(
        *[lot(number, lease_start=start, lease_end=end) for number, (start, end) in enumerate(leases)],
    )
    world.open_campaign()
    found = {row["tenancy_id"]: row["exemption"] for row in world.harness.rows("rent_declaration")}
    for row in world.harness.rows("tenancy"):
        assert found.pop(row["id"]) == exemption(row["lease_start"], row["lease_end"], year)
    assert found == {}


def test_ids_made_by_the_database_are_version_7_and_in_the_order_of_time(world: Any) -> None:
    world.register(*[lot(number) for number in range(50)])
    world.open_campaign()
    made = [row["id"] for row in world.harness.rows("rent_declaration")]
    assert len(set(made)) == 50
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert all(abs((one.int >> 80) / 1000 - clock.now().timestamp()) < 60 for one in made)


def test_the_list_is_searched_filtered_counted_and_paged(world: Any, year: int) -> None:
    names = [("ÉCLUSE", "Zoé"), ("Le Goff", "Anne"), ("ABEL", "Noé"), ("Ecluse", "Adam"), ("ŒUVRARD", "Léa")]
    world.register(
        *[lot(number, tenant_last_name=last, tenant_first_name=first) for number, (last, first) in enumerate(names)]
    )
    world.open_campaign()
    headers = world.landlord()
    everyone = [item["tenant"]["first_name"] for item in world.declarations(headers)]
    assert everyone == ["Noé", "Adam", "Zoé", "Anne", "Léa"]
    paged, cursor = [], None
    while True:
        page = world.get("/declarations", headers, limit=2, **({"cursor": cursor} if cursor else {})).json()
        paged += [item["tenant"]["first_name"] for item in page["items"]]
        assert (page["total"], page["counts"]) == (5, {"to_declare": 5})
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == everyone
    for query, expected in (
        ("ecluse", ["Adam", "Zoé"]),
        ("ÉCLUSE zoe", ["Zoé"]),
        ("oeuvrard", ["Léa"]),
        ("1000001a", ["Anne"]),
        ("l-0002", ["Noé"]),
        ("gina pane goff", ["Anne"]),
        ("%", everyone),
        ("nobody", []),
    ):
        found = world.declarations(headers, q=query)
        assert [item["tenant"]["first_name"] for item in found] == expected, query
    assert world.declarations(headers, campaign=year - 1) == []
    assert world.get("/declarations", headers, status="draft").json()["total"] == 0
    assert world.get("/declarations", headers, cursor="bm90LW91cnM").status_code == 400


def test_what_waits_for_the_landlord_comes_before_what_asks_nothing(world: Any, year: int) -> None:
    world.register(
        lot(1, tenant_last_name="AAA", lease_start=f"{year}-08-01"),
        lot(2, tenant_last_name="BBB"),
        lot(3, tenant_last_name="CCC"),
    )
    world.open_campaign()
    headers = world.landlord()
    complete(world, headers)
    expected = [("CCC", "to_declare"), ("BBB", "transmitted"), ("AAA", "not_concerned")]
    shown, cursor = [], ""
    for _ in expected:
        page = world.get("/declarations", headers, limit=1, **({"cursor": cursor} if cursor else {})).json()
        shown += [(item["tenant"]["last_name"], item["status"]) for item in page["items"]]
        cursor = page["next_cursor"]
    assert shown == expected
    assert cursor is None


def complete(world: Any, headers: dict[str, str]) -> Any:
    pending = world.declarations(headers, status="to_declare")
    path = f"/declarations/{pending[0]['id']}"
    etag = world.get(path, headers).headers["etag"]
    steps = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
    saved = world.put(f"{path}/draft", headers, steps, **{"If-Match": etag})
    if saved.status_code != 200:
        return saved
    return world.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]})


def test_after_the_closing_declarations_are_late_and_after_the_cut_off_refused(world: Any, year: int) -> None:
    world.register({}, lot(2), lot(3))
    world.open_campaign()
    headers = world.landlord()
    assert complete(world, headers).json()["late"] is False
    assert world.post(f"/campaigns/{year}/closing", world.agent()).json()["phase"] == "closed"
    pending = [item for item in world.declarations(headers) if item["status"] == "to_declare"]
    assert [item["late"] for item in pending] == [True, True]
    world.register(lot(4))
    assert len(world.declarations(headers)) == 3
    done = world.get("/declarations", headers, status="transmitted").json()["items"]
    assert [item["late"] for item in done] == [False]
    with world.harness.transaction() as session:
        session.execute(update(Campaign).values(cut_off=clock.today().replace(year=year - 1)))
    path = f"/declarations/{pending[0]['id']}"
    shown = world.get(path, headers)
    assert shown.json()["actions"] == []
    late = world.put(f"{path}/draft", headers, {"rent": RENT}, **{"If-Match": shown.headers["etag"]})
    assert late.status_code == 409


def test_a_late_declaration_bears_the_mark_for_good(world: Any, year: int) -> None:
    world.register({})
    world.open_campaign()
    world.post(f"/campaigns/{year}/closing", world.agent())
    assert complete(world, world.landlord()).json()["late"] is True
    (event,) = world.harness.published("declaration.transmitted.v1")
    assert event.data["late"] is True
    assert world.get(f"/campaigns/{year}/progress", world.agent()).json()["late"] == 1


def test_progress_counts_by_state_and_departement(world: Any, year: int) -> None:
    world.register({}, lot(2, commune_insee="22278"), lot(3, lease_start=f"{year}-08-01"))
    world.open_campaign()
    complete(world, world.landlord(("private", "35")))
    told = world.get(f"/campaigns/{year}/progress", world.agent()).json()
    assert (told["total"], told["transmitted"]) == (3, 1)
    assert told["counts"] == {"transmitted": 1, "to_declare": 1, "not_concerned": 1}
    by_departement = {each["departement"]: (each["total"], each["transmitted"]) for each in told["departements"]}
    assert by_departement == {"22": (1, 0), "35": (2, 1)}
