"""« Activité de mon compte » and the end of one session: nobody else's, and nothing that gives others away."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids, pagination
from identity.pages import activity
from identity_events import Issued
from webui.testing import assert_page, parse

HERE = "/compte/activite"
API = "/api/identity/v1/me"
NOBODY = "01973f50-0000-7000-8000-00000000dead"
COLUMNS = ["Date et heure (Paris)", "Événement", "Par", "Navigateur", "Réseau"]


def me(world: Any, sent: Issued, sid: str = "") -> dict[str, str]:
    claims = {"sub": UUID(sent["account_id"]), "org": UUID(sent["organisation_id"])} | ({"sid": sid} if sid else {})
    return dict(world.harness.headers(**claims))


def open_sessions(world: Any) -> list[str]:
    rows = world.harness.rows("sign_in_session")
    return [str(row["id"]) for row in sorted(rows, key=lambda row: row["id"]) if row["ended_at"] is None]


def prove_long_ago(world: Any) -> None:
    sessions = world.harness.runtime.service.metadata.tables["sign_in_session"]
    with world.harness.transaction() as session:
        session.execute(sessions.update().values(proven_at=clock.now() - timedelta(minutes=11)))


@pytest.mark.parametrize("path", [HERE, HERE + "/fichier.csv", HERE + "/fichier.json"])
def test_nobody_reads_it_without_a_session(local: Any, path: str) -> None:
    assert local.browser().get(path) == "/compte/connexion"


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/activity"), ("get", "/activity/export"), ("delete", f"/sessions/{NOBODY}")]
)
def test_nobody_calls_it_without_a_token(local: Any, method: str, path: str) -> None:
    assert getattr(local.harness.client, method)(API + path).status_code == 401


def test_one_reads_one_s_own_events_only(world: Any) -> None:
    _, sent = world.activated()
    mine = world.harness.client.get(f"{API}/activity", headers=me(world, sent)).json()["items"]
    assert [line["label"] for line in mine][:2] == [
        "Première connexion terminée, compte activé",
        "Adresse courriel confirmée",
    ]
    assert {line["by"] for line in mine} == {"Vous", "Le service"}
    assert mine[0]["network"] == "192.0.2.0/24"
    stranger = world.harness.headers(sub=ids.new_id(), org=ids.new_id())
    assert world.harness.client.get(f"{API}/activity", headers=stranger).json() == {"items": [], "next_cursor": None}


def test_pages_follow_each_other_without_losing_or_repeating_a_line(world: Any) -> None:
    _, sent = world.activated()
    url, headers, seen, cursor = f"{API}/activity", me(world, sent), [], None
    while True:
        asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = world.harness.client.get(url, headers=headers, params=asked).json()
        seen += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    everything = world.harness.client.get(url, headers=headers).json()["items"]
    assert seen == [line["id"] for line in everything]
    assert seen == sorted(seen, reverse=True)
    for forged in ("x", "WyJ4Il0"):
        assert world.harness.client.get(url, headers=headers, params={"cursor": forged}).status_code == 400


@pytest.mark.parametrize("number", [1, 10**30])
def test_a_cursor_that_anybody_could_make_is_refused_by_the_page_too(local: Any, number: int) -> None:
    browser, _sent = local.activated()
    pagination.of_request("", "", b"")
    browser.get(f"{HERE}?cursor={pagination.encode([number])}")
    assert browser.status == 400


def test_the_page_goes_on_by_its_own_cursor(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, sent = local.activated()
    monkeypatch.setattr(activity, "_SHOWN", 3)
    lines, address = 0, HERE
    for _page in range(20):
        browser.get(address)
        assert browser.status == 200
        page = parse(browser.text)
        lines += len([one for one in page if one.tag == "th" and one.get("scope") == "row"])
        following = [one for one in page if one.tag == "a" and "cursor=" in (one.get("href") or "")]
        if not following:
            break
        address = following[0].get("href")
    told = local.harness.client.get(f"{API}/activity", headers=me(local, sent)).json()["items"]
    assert lines == len(told) > 3


def test_the_files_hold_what_the_page_shows(local: Any) -> None:
    browser, sent = local.activated()
    browser.get(HERE)
    assert_page(browser.text)
    assert "Connexion avec un mot de passe provisoire" in browser.text
    rows = list(csv.reader(io.StringIO(browser.client.get(HERE + "/fichier.csv").text.lstrip("\ufeff")), delimiter=";"))
    exported = local.harness.client.get(f"{API}/activity/export", headers=me(local, sent))
    items = browser.client.get(HERE + "/fichier.json").json["items"]
    assert (rows[0], len(rows) - 1) == (COLUMNS, len(items))
    assert exported.json()["items"] == items
    assert "attachment" in exported.headers["Content-Disposition"]
    as_csv = local.harness.client.get(f"{API}/activity/export?format=csv", headers=me(local, sent))
    assert as_csv.headers["Content-Type"].startswith("text/csv")


def test_another_person_s_session_is_as_unknown_as_one_that_never_was(world: Any) -> None:
    browser, sent = world.activated()
    (opened,) = open_sessions(world)
    world.register("35900007090009", kind="natural_person", name="M. Jean MARTIN", email="jean@martin.example")
    neighbour, other = world.issued()[-1], world.browser()
    other.sign_in(neighbour["login"], neighbour["password"])
    other.complete(email="jean@martin.example")
    (theirs,) = set(open_sessions(world)) - {opened}
    foreign = world.harness.client.delete(f"{API}/sessions/{opened}", headers=me(world, neighbour, theirs))
    unknown = world.harness.client.delete(f"{API}/sessions/{ids.new_id()}", headers=me(world, sent, opened))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert (browser.get(HERE), other.get(HERE)) == (HERE, HERE)


@pytest.mark.parametrize("path", ["/sessions", f"/sessions/{NOBODY}"])
def test_a_token_of_no_session_or_of_another_person_s_ends_nothing(world: Any, path: str) -> None:
    browser, sent = world.activated()
    (opened,) = open_sessions(world)
    stranger = world.harness.headers(sub=ids.new_id(), org=ids.new_id(), sid=opened)
    for headers in (stranger, me(world, sent)):
        answer = world.harness.client.delete(API + path, headers=headers)
        assert answer.status_code == 401
        assert 'error="insufficient_user_authentication", max_age="600"' in answer.headers["WWW-Authenticate"]
    assert browser.get(HERE) == HERE


def test_who_proved_who_they_are_long_ago_does_it_again_before_ending_a_session(world: Any) -> None:
    browser, sent = world.activated()
    other = world.browser()
    other.sign_in(sent["login"], world.password)
    mine, ended = open_sessions(world)
    token = browser.token("/compte/securite")
    prove_long_ago(world)
    for path in ("/sessions", f"/sessions/{ended}"):
        assert world.harness.client.delete(API + path, headers=me(world, sent, mine)).status_code == 401
    for path in (HERE + "/session", "/compte/securite/sessions"):
        answer = browser.client.post(path, data={"csrf_token": token, "session": ended})
        assert answer.location == "/compte/securite/verification"
    assert other.get(HERE) == HERE
    browser.send("/compte/securite/verification", password=world.password)
    assert world.harness.client.delete(f"{API}/sessions", headers=me(world, sent, mine)).json() == {"ended": 1}
    assert other.get(HERE) == "/compte/connexion"


def test_one_session_is_ended_and_the_others_go_on(world: Any) -> None:
    browser, sent = world.activated()
    other = world.browser()
    other.sign_in(sent["login"], world.password)
    mine, ended = open_sessions(world)
    for expected in (204, 404):
        answer = world.harness.client.delete(f"{API}/sessions/{ended}", headers=me(world, sent, mine))
        assert answer.status_code == expected
    assert other.get(HERE) == "/compte/connexion"
    assert browser.get(HERE) == HERE
    assert world.harness.rows("security_event")[-1]["kind"] == "session.ended"


def test_the_page_ends_one_session_and_not_without_its_own_form(local: Any) -> None:
    browser, sent = local.activated()
    other = local.browser()
    other.sign_in(sent["login"], local.password)
    session_id = str(max(row["id"] for row in local.harness.rows("sign_in_session")))
    assert browser.client.post(HERE + "/session", data={"session": session_id}).status_code == 400
    browser.get("/compte/securite")
    assert_page(browser.text)
    assert session_id in browser.text
    token = browser.token("/compte/securite")
    for said in ("La session est fermée", "était déjà fermée"):
        browser.client.post(HERE + "/session", data={"csrf_token": token, "session": session_id})
        browser.get("/compte/securite")
        assert said in browser.text
    browser.client.post(HERE + "/session", data={"csrf_token": token, "session": "x"})
    assert other.get("/compte/securite") == "/compte/connexion"
