"""Delegates: who may not comes first, then what the administrator gives them and takes back."""

import itertools
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from habilitation.models import Membership
from sqlalchemy import delete

BASE = "/api/habilitation/v1"
PERSON = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Nolwenn", "email": "n.legoff@lices.example"}
ACCESS = "habilitation.access_changed.v1"
CHANGED = "habilitation.delegation_changed.v1"
HERS = ("credentials", "withdrawal")
ADMINISTRATORS = ("delegation", "delegation-withdrawal")
BODIES = {"credentials": None, "withdrawal": {}, "delegation": {"all_groups": True}, "delegation-withdrawal": {}}


@dataclass
class Agency:
    """Groups A and B; `delegate` holds both and answers for A, `other` for B."""

    world: Any
    administrator: UUID
    group: dict[str, str] = field(default_factory=dict)
    keys: int = 0

    def post(self, who: UUID, path: str, body: Any, organisation: Any = None) -> Any:
        self.keys += 1
        url = f"{BASE}/organisations/{organisation or self.world.organisation_id}/{path}"
        headers = {**self.world.headers(who), "Idempotency-Key": f"k{self.keys}"}
        return self.world.harness.client.post(url, headers=headers, json=body)

    def items(self, who: UUID, what: str) -> list[dict[str, Any]]:
        url = f"{BASE}/organisations/{self.world.organisation_id}/{what}"
        found: list[dict[str, Any]] = self.world.harness.client.get(url, headers=self.world.headers(who)).json()[
            "items"
        ]
        return found

    def user(self, *groups: str, by: UUID | None = None) -> UUID:
        body = {**PERSON, "groups": [self.group[one] for one in groups]}
        answer = self.post(by or self.administrator, "users", body)
        assert answer.status_code == 201, answer.text
        account_id = UUID(answer.json()["account_id"])
        self.world.activate(account_id, "Le Goff")
        return account_id

    def act(self, who: UUID, on: UUID, act: str, body: Any = None) -> int:
        return int(self.post(who, f"users/{on}/{act}", BODIES[act] if body is None else body).status_code)

    def designate(self, on: UUID, *groups: str) -> None:
        body = {"all_groups": not groups, "groups": [self.group[one] for one in groups]}
        assert self.act(self.administrator, on, "delegation", body) == 200

    def told(self, account_id: UUID) -> dict[str, Any]:
        events = [e.data for e in self.world.harness.published(ACCESS) if e.data["account_id"] == str(account_id)]
        return dict(events[-1])


@pytest.fixture
def agency(world: Any) -> Agency:
    administrator = ids.new_id()
    world.activate(administrator)
    found = Agency(world, administrator)
    automatic = found.items(administrator, "groups")
    found.group = dict(zip("AB", (one["id"] for one in automatic), strict=True))
    return found


@pytest.fixture
def delegate(agency: Agency) -> UUID:
    account_id = agency.user("A", "B")
    agency.designate(account_id, "A")
    return account_id


@pytest.mark.parametrize("act", ADMINISTRATORS)
def test_only_the_administrator_names_delegates(agency: Agency, delegate: UUID, act: str) -> None:
    user = agency.user("A")
    statuses = {agency.act(who, user, act) for who in (delegate, user, agency.user("A"))}
    assert statuses == {403}
    stranger = agency.world.harness.headers(sub=agency.administrator, org=ids.new_id())
    agent = agency.world.harness.headers(kind="agent", caf="359")
    url = f"{BASE}/organisations/{agency.world.organisation_id}/users/{user}/{act}"
    for headers, status in (({}, 401), (stranger, 404), (agent, 403)):
        keyed = {**headers, "Idempotency-Key": f"x{status}"}
        assert agency.world.harness.client.post(url, headers=keyed, json=BODIES[act]).status_code == status
    assert [event.data["account_id"] for event in agency.world.harness.published(CHANGED)] == [str(delegate)]


@pytest.mark.parametrize("act", HERS)
def test_a_delegate_does_not_touch_the_administrator_another_delegate_or_themselves(
    agency: Agency, delegate: UUID, act: str
) -> None:
    other = agency.user("A")
    agency.designate(other)
    assert {agency.act(delegate, one, act) for one in (agency.administrator, other, delegate)} == {404}


@pytest.mark.parametrize("act", HERS)
@pytest.mark.parametrize("groups", ["B", "AB"])
def test_a_delegate_does_not_touch_somebody_with_a_group_beyond_theirs(
    agency: Agency, delegate: UUID, act: str, groups: str
) -> None:
    beyond = agency.user(*groups)
    assert agency.act(delegate, beyond, act) == 404
    assert str(beyond) not in {one["account_id"] for one in agency.items(delegate, "users")}


@pytest.mark.parametrize("groups", ["B", "AB"])
def test_a_delegate_gives_no_group_beyond_theirs(agency: Agency, delegate: UUID, groups: str) -> None:
    before = len(agency.world.harness.rows("member"))
    body = {**PERSON, "groups": [agency.group[one] for one in groups]}
    answer = agency.post(delegate, "users", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/groups")
    assert agency.post(delegate, "users", body, organisation=ids.new_id()).status_code == 404
    assert len(agency.world.harness.rows("member")) == before


def test_a_delegate_adds_no_group_and_does_not_read_the_journal(agency: Agency, delegate: UUID) -> None:
    country = {"label": "France", "scopes": [{"housing_type": "private", "zone": "FR"}]}
    assert agency.post(delegate, "groups", country).status_code == 403
    url = f"{BASE}/organisations/{agency.world.organisation_id}/journal"
    assert agency.world.harness.client.get(url, headers=agency.world.headers(delegate)).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"all_groups": False}, "groups"),
        ({"all_groups": False, "groups": []}, "groups"),
        ({"all_groups": True, "groups": ["A"]}, "groups"),
        ({"all_groups": False, "groups": ["A", "B"]}, "held"),
        ({"all_groups": False, "groups": [str(ids.new_id())]}, "held"),
    ],
)
def test_a_delegation_is_for_all_groups_or_for_some_that_the_person_holds(
    agency: Agency, body: dict[str, Any], code: str
) -> None:
    user = agency.user("A")
    named = [agency.group.get(one, one) for one in body.get("groups", [])]
    sent = {**body, "groups": named} if "groups" in body else body
    answer = agency.post(agency.administrator, f"users/{user}/delegation", sent)
    assert (answer.status_code, [one["code"] for one in answer.json()["errors"]]) == (422, [code])
    assert agency.told(user)["role"] == "user"


def test_who_is_no_delegate_cannot_be_withdrawn_and_nobody_delegates_to_the_administrator(agency: Agency) -> None:
    user = agency.user("A")
    assert agency.act(agency.administrator, user, "delegation-withdrawal") == 409
    assert agency.act(agency.administrator, agency.administrator, "delegation") == 404
    assert agency.act(agency.administrator, ids.new_id(), "delegation") == 404


def test_a_delegate_manages_the_users_of_the_groups_delegated(agency: Agency, delegate: UUID) -> None:
    user = agency.user("A", by=delegate)
    shown = {one["account_id"]: one["manageable"] for one in agency.items(delegate, "users")}
    assert shown == {str(user): True, str(delegate): False}
    given = {one["id"]: one["assignable"] for one in agency.items(delegate, "groups")}
    assert given == {agency.group["A"]: True, agency.group["B"]: False}
    assert agency.act(delegate, user, "credentials") == 202
    [asked] = agency.world.harness.published("habilitation.credentials_requested.v1")
    assert (asked.data["account_id"], asked.data["requested_by"]) == (str(user), str(delegate))
    assert agency.act(delegate, user, "withdrawal") == 200


def test_everyone_is_told_of_the_role_and_the_person_once(agency: Agency, delegate: UUID) -> None:
    assert agency.told(delegate)["role"] == "delegate"
    agency.designate(delegate)
    assert agency.act(agency.administrator, delegate, "delegation-withdrawal", {"reason": "Changement de poste"}) == 200
    told = agency.told(delegate)
    assert (told["role"], len(told["scopes"])) == ("user", 2)
    assert [event.data["delegate"] for event in agency.world.harness.published(CHANGED)] == [True, False]
    lines = [one for one in agency.items(agency.administrator, "journal") if one["action"].startswith("delegate.")]
    all_of_them, some = {"all_groups": True, "groups": []}, {"all_groups": False, "groups": [agency.group["A"]]}
    assert [(line["before"], line["after"], line["reason"]) for line in lines] == [
        (all_of_them, None, "Changement de poste"),
        (some, all_of_them, None),
        (None, some, None),
    ]


def test_a_delegate_withdrawn_manages_nobody_with_a_token_that_still_lives(agency: Agency, delegate: UUID) -> None:
    user = agency.user("A")
    assert agency.act(agency.administrator, delegate, "delegation-withdrawal") == 200
    assert {agency.act(delegate, user, act) for act in HERS} == {403}
    gone = agency.user("A")
    agency.designate(gone)
    assert agency.act(agency.administrator, gone, "withdrawal") == 200
    assert {agency.act(gone, user, act) for act in HERS} == {404}
    assert [row["until"] is None for row in agency.world.harness.rows("delegation")] == [False, False]


def test_a_user_sees_nobody_else_of_the_organisation(agency: Agency, delegate: UUID) -> None:
    user = agency.user("A")
    assert [one["account_id"] for one in agency.items(user, "users")] == [str(user)]
    assert [one["id"] for one in agency.items(user, "groups")] == [agency.group["A"]]


def subsets(*, of: str) -> list[str]:
    return ["".join(one) for size in range(1, len(of) + 1) for one in itertools.combinations(of, size)]


def expected(held: str, delegated: str, theirs: str, other_delegate: bool) -> bool:
    """The rule in one line: every group of the user is one that the delegate holds and answers for."""
    return not other_delegate and set(theirs) <= set(held) & set(delegated)


def test_in_every_case_a_delegate_manages_whom_the_rule_says(agency: Agency) -> None:
    people = {(theirs, role): agency.user(*theirs) for theirs in subsets(of="AB") for role in (False, True)}
    for (_theirs, role), account_id in people.items():
        if role:
            agency.designate(account_id)
    for held in subsets(of="AB"):
        delegate = agency.user(*held)
        for delegated in subsets(of=held):
            agency.designate(delegate, *delegated)
            shown = {one["account_id"]: one["manageable"] for one in agency.items(delegate, "users")}
            for (theirs, role), account_id in people.items():
                wanted = expected(held, delegated, theirs, role)
                assert shown.get(str(account_id), False) is wanted, (held, delegated, theirs, role)
        agency.designate(delegate)
        with agency.world.harness.transaction() as session:
            # Taken away from what the person holds, it goes from what they give.
            lost = UUID(agency.group[held[0]])
            session.execute(delete(Membership).where(Membership.account_id == delegate, Membership.group_id == lost))
        shown = {one["account_id"]: one["manageable"] for one in agency.items(delegate, "users")}
        for (theirs, role), account_id in people.items():
            assert shown.get(str(account_id), False) is expected(held[1:], "AB", theirs, role)
