"""Supervision by the Caf's agents: who may not comes first, then what each act does at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from chassis import clock, ids
from chassis.problems import Conflict, Invalid
from identity.domain.supervision import Status, Trigger, after, checked_reason
from identity.models import TokenFamily
from identity.supervision import agents

BASE = "/api/identity/v1"
WHY = {"reason": "Appel du bailleur : il ne reconnaît pas cette connexion."}
OTHER = "lanterne brouette galaxie moutarde"
SUSPENDED, RESTORED = "identity.account_suspended.v1", "identity.account_restored.v1"
ACCOUNT_ACTS = ("suspension", "restoration", "password-change", "closing")
# A stranger's account, and one that is none.
NOBODY = "01973f50-0000-7000-8000-00000000dead"


def agent(world: Any, caf: str = "359", *, supervisor: bool = False, login: str = "") -> dict[str, str]:
    """The headers of an agent who exists."""
    login = login or f"AGENT{len(world.harness.rows('account'))}"
    agents.add(world.harness.runtime, login=login, caf_code=caf, email=f"{login}@caf.example", supervisor=supervisor)
    found = next(row for row in world.harness.rows("account") if row["login"] == login)
    return dict(world.harness.headers(sub=found["id"], kind="agent", caf=caf, supervisor=supervisor))


def account_of(world: Any, login: str) -> str:
    return next(str(row["id"]) for row in world.harness.rows("account") if row["login"] == login)


def post(world: Any, headers: dict[str, str], path: str, body: Any = None) -> Any:
    return world.harness.client.post(f"{BASE}/{path}", headers=headers, json=WHY if body is None else body)


def get(world: Any, headers: dict[str, str], path: str) -> Any:
    return world.harness.client.get(f"{BASE}/{path}", headers=headers)


def every_call(world: Any, headers: dict[str, str], account_id: str, organisation_id: str) -> list[Any]:
    paths = [f"accounts/{account_id}/{act}" for act in ACCOUNT_ACTS]
    paths += [f"organisations/{organisation_id}/{act}" for act in ACCOUNT_ACTS[:2]]
    reads = (f"accounts/{account_id}", f"accounts/{account_id}/activity")
    return [post(world, headers, path) for path in paths] + [get(world, headers, path) for path in reads]


def kinds(world: Any) -> list[str]:
    return [row["kind"] for row in world.harness.rows("security_event")]


def test_nobody_supervises_without_a_token_nor_a_landlord_with_one(world: Any) -> None:
    _, sent = world.activated()
    concerned = (sent["account_id"], sent["organisation_id"])
    landlord = world.harness.headers(sub=UUID(sent["account_id"]), org=UUID(sent["organisation_id"]))
    assert {answer.status_code for answer in every_call(world, {}, *concerned)} == {401}
    assert {answer.status_code for answer in every_call(world, landlord, *concerned)} == {403}
    assert post(world, landlord, "account-searches", {"login": sent["login"]}).status_code == 403
    assert world.harness.rows("supervision_act") == []


def test_an_agent_of_another_caf_gets_the_answer_of_an_account_that_does_not_exist(world: Any) -> None:
    _, sent = world.activated()
    elsewhere = agent(world, "353")
    foreign = every_call(world, elsewhere, sent["account_id"], sent["organisation_id"])
    unknown = every_call(world, agent(world), NOBODY, NOBODY)
    assert {answer.status_code for answer in foreign + unknown} == {404}
    assert [answer.json() for answer in foreign] == [answer.json() for answer in unknown]
    found = post(world, elsewhere, "account-searches", {"login": sent["login"]}).json()
    assert found == {"items": [], "next_cursor": None}
    assert world.harness.rows("supervision_act") == []
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"


def test_an_agent_acts_neither_on_themselves_nor_on_a_colleague(world: Any) -> None:
    mine = agent(world, login="DUPONT")
    agent(world, login="DURAND")
    for login in ("DUPONT", "DURAND"):
        account_id = account_of(world, login)
        assert {answer.status_code for answer in every_call(world, mine, account_id, NOBODY)} == {404}


def test_a_supervisor_acts_on_agents_but_not_on_themselves(world: Any) -> None:
    national = agent(world, supervisor=True, login="CENTRE")
    agent(world, "353", login="DUPONT")
    own, other = account_of(world, "CENTRE"), account_of(world, "DUPONT")
    assert post(world, national, f"accounts/{own}/suspension").status_code == 404
    assert post(world, national, f"accounts/{other}/suspension").status_code == 200


def test_what_the_token_says_of_an_agent_counts_less_than_what_the_account_is(world: Any) -> None:
    _, sent = world.activated()
    here = f"accounts/{sent['account_id']}"
    agent(world, "353", login="DUPONT")
    forged = world.harness.headers(sub=UUID(account_of(world, "DUPONT")), kind="agent", caf="359", supervisor=True)
    nobody = world.harness.headers(sub=ids.new_id(), kind="agent", caf="359", supervisor=True)
    assert [get(world, headers, here).status_code for headers in (forged, nobody)] == [404, 404]


def test_a_suspended_agent_acts_on_nobody_from_then_on(world: Any) -> None:
    _, sent = world.activated()
    mine = agent(world, login="DUPONT")
    assert get(world, mine, f"accounts/{sent['account_id']}").status_code == 200
    post(world, agent(world, supervisor=True), f"accounts/{account_of(world, 'DUPONT')}/suspension")
    assert get(world, mine, f"accounts/{sent['account_id']}").status_code == 403


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "court"}, {"reason": " " * 40}, {"reason": "x" * 501}])
def test_no_act_without_a_reason(local: Any, body: dict[str, str]) -> None:
    _, sent = local.activated()
    headers = agent(local)
    for act in ACCOUNT_ACTS:
        assert post(local, headers, f"accounts/{sent['account_id']}/{act}", body).status_code in (400, 422)
    assert local.harness.rows("supervision_act") == []


@pytest.mark.parametrize("standing", list(Status))
@pytest.mark.parametrize("act", list(Trigger))
def test_each_standing_allows_the_acts_of_the_table_and_no_other(standing: Status, act: Trigger) -> None:
    allowed = {
        (Status.ACTIVE, Trigger.SUSPEND): Status.SUSPENDED,
        (Status.SUSPENDED, Trigger.RESTORE): Status.ACTIVE,
        (Status.ACTIVE, Trigger.REQUIRE_PASSWORD_CHANGE): Status.ACTIVE,
        (Status.SUSPENDED, Trigger.REQUIRE_PASSWORD_CHANGE): Status.SUSPENDED,
        (Status.ACTIVE, Trigger.CLOSE): Status.CLOSED,
        (Status.SUSPENDED, Trigger.CLOSE): Status.CLOSED,
    }
    if (standing, act) in allowed:
        assert after(standing, act) is allowed[standing, act]
    else:
        with pytest.raises(Conflict):
            after(standing, act)


def test_a_reason_is_kept_without_needless_spaces() -> None:
    assert checked_reason("  Appel\tdu \n bailleur\0 ") == "Appel du bailleur"
    with pytest.raises(Invalid):
        checked_reason("a" + " " * 100)


def test_suspending_ends_the_session_at_once_and_says_why_only_to_who_holds_the_password(world: Any) -> None:
    browser, sent = world.activated()
    answer = post(world, agent(world), f"accounts/{sent['account_id']}/suspension")
    assert (answer.status_code, answer.json()["standing"], answer.json()["open_sessions"]) == (200, "suspended", 0)
    assert browser.get("/compte/securite") == "/compte/connexion"
    visitor = world.browser()
    visitor.sign_in(sent["login"], "une girafe qui se trompe")
    wrong = visitor.text
    assert visitor.status == 422
    assert "suspendu" not in wrong
    visitor.sign_in(sent["login"], world.password)
    assert "Votre compte est suspendu" in visitor.text
    refused = [row["details"] for row in world.harness.rows("security_event") if row["kind"] == "sign_in.failed"]
    assert refused == [{"reason": "wrong"}, {"reason": "suspended"}]


def test_the_refresh_families_of_a_suspended_account_are_revoked(world: Any) -> None:
    _, sent = world.activated()
    opened = next(row["id"] for row in world.harness.rows("sign_in_session") if row["ended_at"] is None)
    now = clock.now()
    dates = {"started_at": now, "expires_at": now + timedelta(hours=1)}
    with world.harness.transaction() as session:
        session.add(TokenFamily(id=ids.new_id(), client_id="portal", session_id=opened, scope="openid", **dates))
    post(world, agent(world), f"accounts/{sent['account_id']}/suspension")
    assert [row["revocation_reason"] for row in world.harness.rows("token_family")] == ["suspended"]


def test_restoring_opens_the_account_again_and_both_are_told(world: Any) -> None:
    _, sent = world.activated()
    headers, here = agent(world), f"accounts/{sent['account_id']}"
    assert post(world, headers, f"{here}/restoration").status_code == 409
    post(world, headers, f"{here}/suspension")
    assert post(world, headers, f"{here}/suspension").status_code == 409
    assert post(world, headers, f"{here}/restoration").json()["standing"] == "active"
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"
    [suspended], [restored] = world.harness.published(SUSPENDED), world.harness.published(RESTORED)
    assert restored.data["version"] > suspended.data["version"]
    notices = [event.data["kind"] for event in world.harness.published("identity.security_notice.v1")]
    assert notices[-2:] == ["account_suspended", "account_restored"]
    assert kinds(world).count("account.suspended") == kinds(world).count("account.restored") == 1


def test_of_two_agents_who_suspend_together_one_does(world: Any) -> None:
    _, sent = world.activated()
    both = [agent(world), agent(world)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda headers: post(world, headers, f"accounts/{sent['account_id']}/suspension"), both)
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(world.harness.published(SUSPENDED)) == 1


def colleague(world: Any, organisation_id: str, email: str = "n.legoff@lices.example") -> str:
    account_id = str(ids.new_id())
    data = {"account_id": account_id, "organisation_id": organisation_id, "caf_code": None}
    person = {"civility": "M.", "last_name": "Le Bihan", "first_name": "Yann", "email": email}
    world.harness.deliver("habilitation.user_created.v1", data, person)
    return account_id


def test_a_whole_organisation_is_suspended_with_those_who_come_later(world: Any) -> None:
    _, sent = world.activated()
    organisation_id, headers = sent["organisation_id"], agent(world)
    colleague(world, organisation_id)
    assert post(world, headers, f"organisations/{organisation_id}/suspension").json() == {"accounts": 2}
    assert post(world, headers, f"organisations/{organisation_id}/suspension").status_code == 409
    assert len(world.harness.published(SUSPENDED)) == 2
    later = colleague(world, organisation_id, "y.bihan@lices.example")
    arrived = world.issued()[-1]
    assert arrived["account_id"] == later
    visitor = world.browser()
    for login, password in ((sent["login"], world.password), (arrived["login"], arrived["password"])):
        visitor.sign_in(login, password)
        assert "Votre compte est suspendu" in visitor.text
    shown = get(world, headers, f"accounts/{later}").json()
    assert (shown["standing"], shown["suspended_with_organisation"]) == ("suspended", True)
    assert post(world, headers, f"organisations/{organisation_id}/restoration").json() == {"accounts": 3}
    assert post(world, headers, f"organisations/{organisation_id}/restoration").status_code == 409
    assert world.browser().sign_in(sent["login"], world.password) == "/connexion"


def test_an_account_suspended_by_itself_stays_so_when_its_organisation_is_restored(world: Any) -> None:
    _, sent = world.activated()
    headers, here, all_of_it = (
        agent(world),
        f"accounts/{sent['account_id']}",
        f"organisations/{sent['organisation_id']}",
    )
    for path in (f"{here}/suspension", f"{all_of_it}/suspension", f"{all_of_it}/restoration"):
        assert post(world, headers, path).status_code == 200
    assert world.harness.published(RESTORED) == []
    assert world.browser().sign_in(sent["login"], world.password) == "/compte/connexion"
    post(world, headers, f"{here}/restoration")
    assert len(world.harness.published(RESTORED)) == 1


def test_a_forced_change_ends_the_sessions_and_lets_the_old_password_open_nothing_else(world: Any) -> None:
    browser, sent = world.activated()
    page = "/compte/premiere-connexion/mot-de-passe"
    answer = post(world, agent(world), f"accounts/{sent['account_id']}/password-change")
    assert answer.json()["password_change_required"] is True
    assert browser.get("/compte/securite") == "/compte/connexion"
    assert browser.sign_in(sent["login"], world.password) == page
    assert browser.get("/compte/securite") == page
    browser.send(page, password=world.password, again=world.password)
    assert "votre mot de passe actuel" in browser.text
    assert browser.send(page, password=OTHER, again=OTHER) == "/connexion"
    assert world.browser().sign_in(sent["login"], OTHER) == "/connexion"
    assert world.browser().sign_in(sent["login"], world.password) == "/compte/connexion"
    assert "sign_in.own_password_to_change" in kinds(world)


def test_of_two_sessions_opened_to_change_the_password_one_gets_through(world: Any) -> None:
    _, sent = world.activated()
    post(world, agent(world), f"accounts/{sent['account_id']}/password-change")
    page = "/compte/premiere-connexion/mot-de-passe"
    first, second = world.browser(), world.browser()
    for browser in (first, second):
        assert browser.sign_in(sent["login"], world.password) == page
    assert first.send(page, password=OTHER, again=OTHER) == "/connexion"
    assert second.get(page) == "/compte/connexion"


def test_a_change_cannot_be_asked_of_who_has_not_chosen_a_password_yet(local: Any) -> None:
    local.register()
    sent = local.issued()[0]
    assert post(local, agent(local), f"accounts/{sent['account_id']}/password-change").status_code == 409


@pytest.mark.parametrize(
    "criterion",
    [
        {"user_number": "359 00007090001"},
        {"email": "NOLWENN@lices.example"},
        {"name": "le goff"},
        {"name": "Nolwenn Le Goff"},
        {"name": "regie des lices"},
    ],
)
def test_an_account_is_found_by_what_names_it_whole(world: Any, criterion: dict[str, str]) -> None:
    _, sent = world.activated()
    [found] = post(world, agent(world), "account-searches", criterion).json()["items"]
    assert (found["account_id"], found["login"], found["standing"]) == (sent["account_id"], sent["login"], "active")


@pytest.mark.parametrize("criterion", [{"name": "Le G"}, {"name": "%"}, {"email": "lices.example"}, {"login": "A"}])
def test_accounts_are_not_leafed_through(local: Any, criterion: dict[str, str]) -> None:
    local.activated()
    assert post(local, agent(local), "account-searches", criterion).json()["items"] == []


@pytest.mark.parametrize("body", [{}, {"login": "A", "name": "B"}, {"cursor": "x"}])
def test_a_search_has_exactly_one_criterion(local: Any, body: dict[str, str]) -> None:
    assert post(local, agent(local), "account-searches", body).status_code == 422


def test_a_search_goes_on_from_its_cursor_and_refuses_one_that_is_not_its_own(local: Any) -> None:
    _, sent = local.activated()
    for number in range(4):
        colleague(local, sent["organisation_id"], f"p{number}@lices.example")
    headers, seen, cursor = agent(local), [], None
    while True:
        asked = {"user_number": "35900007090001", "limit": 2, "cursor": cursor}
        page = post(local, headers, "account-searches", asked).json()
        seen += [item["account_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (len(seen), len(set(seen))) == (5, 5)
    for forged in ("x", "WyJ4Il0", "WyIxIiwiMiJd"):
        assert post(local, headers, "account-searches", {"login": "A", "cursor": forged}).status_code == 400


def test_an_agent_sees_the_state_of_credentials_and_never_a_secret(world: Any) -> None:
    _, sent = world.activated()
    answer = get(world, agent(world), f"accounts/{sent['account_id']}")
    shown = answer.json()
    assert (shown["own_password"], shown["open_sessions"], shown["last_sign_in_at"] is None) == (True, 1, False)
    [number] = shown["user_numbers"]
    assert (number["number"], number["caf_code"]) == ("35900007090001", "359")
    assert set(shown["provisional_password"]) == {"channel", "issued_at", "expires_at", "used_at"}
    assert sent["password"] not in answer.text
    assert "argon2" not in answer.text


def test_agents_read_the_journal_of_an_account_with_the_reason_which_the_holder_does_not(world: Any) -> None:
    _, sent = world.activated()
    headers = agent(world)
    post(world, headers, f"accounts/{sent['account_id']}/suspension")
    lines = get(world, headers, f"accounts/{sent['account_id']}/activity").json()["items"]
    assert (lines[0]["kind"], lines[0]["reason"], lines[0]["own"]) == ("account.suspended", WHY["reason"], False)
    assert {line["reason"] for line in lines[1:]} == {None}
    me = world.harness.headers(sub=UUID(sent["account_id"]), org=UUID(sent["organisation_id"]))
    # While suspended, the holder reads nothing.
    assert get(world, me, "me/activity").status_code == 403
    post(world, headers, f"accounts/{sent['account_id']}/restoration")
    mine = get(world, me, "me/activity")
    [suspended] = [line for line in mine.json()["items"] if line["kind"] == "account.suspended"]
    assert (suspended["by"], suspended["network"]) == ("Votre Caf", "")
    assert WHY["reason"] not in mine.text
    # The journal outlives accounts: what an agent typed is not in it.
    assert WHY["reason"] not in str(world.harness.rows("security_event"))


def test_reasons_go_with_the_journal_lines_that_name_them(local: Any) -> None:
    _, sent = local.activated()
    post(local, agent(local), f"accounts/{sent['account_id']}/suspension")
    for days, left in ((360, 1), (370, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            local.harness.run_job("purge supervision")
        assert len(local.harness.rows("supervision_act")) == left
