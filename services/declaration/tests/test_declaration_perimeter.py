"""Who may not: what is outside one's rights does not exist, in lists, counts, search and direct links alike."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from declaration_cases import INFORMATION, LINE, PERSON

RENNES = LINE
SAINT_BRIEUC = {"dwelling_ref": "L-0002", "tenant_number": "2222222B", "commune_insee": "22278"}
CONVENTIONED = {"dwelling_ref": "L-0003", "tenant_number": "3333333C", "housing_type": "conventioned"}
PARIS = {"dwelling_ref": "L-0004", "tenant_number": "4444444D", "commune_insee": "75101"}
OTHER_LANDLORD = {**PERSON, "dwelling_ref": "L-0005", "tenant_number": "5555555E"}
OTHER_CAF = {"caf_code": "220", "user_number": "22000000000001", "dwelling_ref": "L-0006"}
OTHER_CAF |= {"tenant_number": "6666666F", "commune_insee": "29019"}
OURS = {"1234567A", "2222222B", "3333333C", "4444444D"}


@pytest.fixture
def opened(world: Any) -> Any:
    world.register(RENNES, SAINT_BRIEUC, CONVENTIONED, PARIS, OTHER_LANDLORD, OTHER_CAF)
    world.open_campaign("359")
    world.open_campaign("220")
    return world


def seen(world: Any, headers: dict[str, str], **params: Any) -> set[str]:
    return {item["tenant"]["number"] for item in world.declarations(headers, **params)}


def of_tenant(world: Any, number: str) -> str:
    everything = world.declarations(world.agent(supervisor=True))
    found: str = next(item["id"] for item in everything if item["tenant"]["number"] == number)
    return found


def test_nothing_is_read_or_written_without_a_token(opened: Any) -> None:
    path = f"/declarations/{of_tenant(opened, '1234567A')}"
    assert opened.get("/declarations", {}).status_code == 401
    assert opened.get(path, {}).status_code == 401
    assert opened.put(f"{path}/draft", {}, {"information": INFORMATION}).status_code == 401
    assert opened.post(f"{path}/transmission", {}).status_code == 401


def test_a_program_reads_what_its_account_may_see_and_writes_nothing(opened: Any) -> None:
    account = ids.new_id()
    opened.grant(account, ("private", "35"))
    claims = {"sub": account, "org": opened.organisation_id}
    path = f"/declarations/{of_tenant(opened, '1234567A')}"
    for scope in ("", "documents:read"):
        stranger = opened.harness.headers(scope=scope, **claims)
        assert opened.get("/declarations", stranger).status_code == 403
    program = opened.harness.headers(scope="declarations:read", **claims)
    assert seen(opened, program) == {"1234567A"}
    assert opened.get(path, program).status_code == 200
    assert opened.put(f"{path}/draft", program, {"information": INFORMATION}).status_code == 403
    assert opened.post(f"{path}/transmission", program).status_code == 403
    assert opened.get(f"/declarations/{of_tenant(opened, '2222222B')}", program).status_code == 404


UNIONS: list[tuple[list[tuple[str, str]], set[str]]] = [
    ([("private", "35")], {"1234567A"}),
    ([("private", "35238")], {"1234567A"}),
    ([("private", "22")], {"2222222B"}),
    ([("conventioned", "35")], {"3333333C"}),
    ([("conventioned", "22")], set()),
    ([("private", "75")], {"4444444D"}),
    ([("private", "75056")], {"4444444D"}),
    ([("private", "75102")], set()),
    ([("private", "35"), ("conventioned", "FR")], {"1234567A", "3333333C"}),
    ([("private", "FR")], {"1234567A", "2222222B", "4444444D", "6666666F"}),
    ([], set()),
]


def test_a_user_sees_the_union_of_their_types_and_zones(opened: Any) -> None:
    for scopes, expected in UNIONS:
        headers = opened.grant(ids.new_id(), *scopes)
        page = opened.get("/declarations", headers).json()
        assert {item["tenant"]["number"] for item in page["items"]} == expected, scopes
        assert page["total"] == sum(page["counts"].values()) == len(expected), scopes


def test_no_filter_reaches_outside(opened: Any) -> None:
    headers = opened.grant(ids.new_id(), ("conventioned", "35"))
    for params in ({"q": "deujours"}, {"zone": "22"}, {"q": "L-0002"}, {"housing_type": "private"}):
        found = opened.get("/declarations", headers, **params).json()
        assert {item["tenant"]["number"] for item in found["items"]} <= {"3333333C"}, params
        assert found["total"] == len(found["items"]), params


@pytest.mark.parametrize("number", ["2222222B", "5555555E"])
def test_a_foreign_declaration_answers_as_one_that_does_not_exist(opened: Any, number: str) -> None:
    headers = opened.grant(ids.new_id(), ("private", "35"))
    foreign, unknown = of_tenant(opened, number), str(ids.new_id())
    match, body = {"If-Match": '"1"'}, {"information": INFORMATION}
    calls: tuple[Callable[[str], Any], ...] = (
        lambda one: opened.get(f"/declarations/{one}", headers),
        lambda one: opened.put(f"/declarations/{one}/draft", headers, body, **match),
        lambda one: opened.post(f"/declarations/{one}/transmission", headers, **match),
        lambda one: opened.post(f"/declarations/{one}/amendments", headers, {"reason": "Erreur"}),
    )
    for call in calls:
        assert call(foreign).status_code == call(unknown).status_code == 404
        assert call(foreign).json() == call(unknown).json()


def test_another_organisation_sees_nothing_with_the_widest_rights(opened: Any) -> None:
    stranger = opened.grant(ids.new_id(), ("private", "FR"), ("conventioned", "FR"), organisation_id=ids.new_id())
    assert seen(opened, stranger) == set()


def test_rights_of_another_organisation_than_the_tokens_count_for_nothing(opened: Any) -> None:
    account = ids.new_id()
    opened.grant(account, ("private", "FR"))
    moved = opened.harness.headers(sub=account, org=ids.organisation_id(user_number=PERSON["user_number"]))
    assert seen(opened, moved) == set()


def test_a_withdrawn_right_acts_at_once_and_an_older_event_does_not_bring_it_back(opened: Any) -> None:
    account = ids.new_id()
    headers = opened.grant(account, ("private", "35"), version=2)
    assert seen(opened, headers) == {"1234567A"}
    opened.grant(account, ("private", "22"), version=3)
    assert seen(opened, headers) == {"2222222B"}
    opened.grant(account, ("private", "FR"), version=2)
    assert seen(opened, headers) == {"2222222B"}
    opened.grant(account, ("private", "FR"), version=4, active=False)
    assert opened.get("/declarations", headers).json()["type"].endswith(":account-closed")


def test_a_dwelling_that_the_registry_moves_or_sells_leaves_the_lists_of_who_has_no_right_there(opened: Any) -> None:
    rennes = opened.grant(ids.new_id(), ("private", "35"))
    brittany = opened.grant(ids.new_id(), ("private", "22"), ("conventioned", "22"))
    declaration = of_tenant(opened, "1234567A")
    opened.register({**RENNES, "commune_insee": "22278"})
    assert (seen(opened, rennes), seen(opened, brittany)) == (set(), {"1234567A", "2222222B"})
    assert opened.get(f"/declarations/{declaration}", rennes).status_code == 404
    opened.register({**RENNES, "commune_insee": "35238", "housing_type": "conventioned"})
    assert (seen(opened, rennes), seen(opened, brittany)) == (set(), {"2222222B"})
    [known] = [row for row in opened.harness.rows("landlord") if row["user_number"] == RENNES["user_number"]]
    company = {"siret": "35600000000048", "name": "LA POSTE", "reason": "Immeuble vendu", "version": known["version"]}
    sold = opened.post(f"/landlords/{known['id']}/company", opened.agent("359"), company)
    assert sold.status_code == 200, sold.text
    everywhere = opened.landlord()
    assert seen(opened, everywhere) == {"6666666F"}
    assert seen(opened, opened.agent("359")) == OURS | {"5555555E"}


def test_someone_without_known_rights_sees_nothing(opened: Any) -> None:
    headers = opened.harness.headers(sub=ids.new_id(), org=opened.organisation_id)
    assert seen(opened, headers) == set()


def test_an_agent_sees_their_caf_and_a_supervisor_all(opened: Any) -> None:
    assert seen(opened, opened.agent("359")) == OURS | {"5555555E"}
    assert seen(opened, opened.agent("220")) == {"6666666F"}
    assert seen(opened, opened.agent("220", supervisor=True)) == OURS | {"5555555E", "6666666F"}
    assert opened.get(f"/declarations/{of_tenant(opened, '1234567A')}", opened.agent("220")).status_code == 404


def test_an_agent_of_no_caf_is_no_agent(opened: Any) -> None:
    stray = opened.harness.headers(kind="agent", caf=None)
    assert seen(opened, stray) == set()
    # One that a supervisor sent belongs to no Caf either.
    national = opened.agent("000", supervisor=True)
    files = {"file": ("registre.csv", b"caf_code\n", "text/csv")}
    address = "/api/declaration/v1/registry-imports"
    assert opened.harness.client.post(address, headers=national, files=files).status_code == 202
    assert opened.harness.client.post(address, headers=stray, files=files).status_code == 404
    for path in ("/campaigns", "/registry-imports"):
        assert opened.get(path, stray).json()["items"] == []


def test_a_program_that_is_neither_landlord_nor_agent_sees_nothing(opened: Any) -> None:
    service = opened.harness.headers(kind="service", sub=UUID(int=1), org=opened.organisation_id)
    assert opened.get("/declarations", service).status_code == 401


CAMPAIGN_CALLS = (
    ("get", "/campaigns"),
    ("post", "/campaigns"),
    ("post", "/campaigns/2026/opening"),
    ("post", "/campaigns/2026/closing"),
    ("get", "/campaigns/2026"),
    ("get", "/campaigns/2026/progress"),
    ("get", "/campaigns/2026/cafs"),
)


def test_campaigns_are_for_agents(opened: Any) -> None:
    new = {"year": 2026, "deadline": "2026-11-15", "cut_off": "2027-01-15"}
    for method, path in CAMPAIGN_CALLS:
        for headers, status in (({}, 401), (opened.landlord(), 403)):
            body = new if (method, path) == ("post", "/campaigns") else None
            answer = opened.get(path, headers) if method == "get" else opened.post(path, headers, body)
            assert answer.status_code == status, (method, path)


def test_an_agent_neither_sees_nor_closes_the_campaign_of_another_caf(opened: Any, year: int) -> None:
    assert [each["caf_code"] for each in opened.get("/campaigns", opened.agent("359")).json()["items"]] == ["359"]
    for path in (f"/campaigns/{year}/closing", f"/campaigns/{year}/opening"):
        assert opened.post(f"{path}?caf_code=359", opened.agent("220")).status_code == 404
    for path in (f"/campaigns/{year}", f"/campaigns/{year}/progress"):
        assert opened.get(path, opened.agent("220"), caf_code="359").status_code == 404
        assert opened.get(path, opened.agent("359")).status_code == 200
    assert opened.get(f"/campaigns/{year}/progress", opened.agent("000")).status_code == 404


def test_the_benefit_of_a_tenant_is_told_only_to_who_receives_it(world: Any) -> None:
    world.register({}, {"dwelling_ref": "L-2", "tenant_number": "2222222B", "paid_to_landlord": "1"})
    world.open_campaign()
    landlord = world.landlord()
    amounts = {}
    for headers in (landlord, world.agent()):
        for item in world.declarations(headers):
            shown = world.get(f"/declarations/{item['id']}", headers).json()
            amounts[headers is landlord, item["tenant"]["number"]] = shown["known"]["benefit"]["amount"]
    assert amounts == {
        (True, "1234567A"): None,
        (True, "2222222B"): "162.00",
        (False, "1234567A"): "162.00",
        (False, "2222222B"): "162.00",
    }
