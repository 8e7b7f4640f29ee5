"""One's own information corrected by a program: who may not, and what may not, come first."""

from typing import Any
from uuid import UUID

import pytest
from chassis import ids
from identity.sessions.commands import end_other_sessions
from identity_events import Issued

HERE = "/api/identity/v1/me"
CHANGED = "identity.account_changed.v1"


def headers(world: Any, sent: Issued, **changes: Any) -> dict[str, str]:
    opened = next(row["id"] for row in world.harness.rows("sign_in_session") if row["ended_at"] is None)
    claims = {"sub": UUID(sent["account_id"]), "org": UUID(sent["organisation_id"]), "sid": opened}
    return dict(world.harness.headers(**{**claims, **changes}))


def patch(world: Any, who: dict[str, str], body: Any) -> Any:
    return world.harness.client.patch(HERE, headers=who, json=body)


def test_nobody_corrects_anything_without_a_token_or_with_another_person_s_session(world: Any) -> None:
    _, sent = world.activated()
    body = {"last_name": "Martin"}
    assert patch(world, {}, body).status_code == 401
    for changes in ({"sub": ids.new_id()}, {"sid": ids.new_id()}, {"sid": ""}):
        assert patch(world, headers(world, sent, **changes), body).status_code == 403
    assert world.harness.published(CHANGED) == []


def test_a_token_whose_session_has_ended_corrects_nothing(world: Any) -> None:
    _, sent = world.activated()
    mine = headers(world, sent)
    with world.harness.transaction() as session:
        end_other_sessions(session, UUID(sent["account_id"]), None, "test")
    assert patch(world, mine, {"last_name": "Martin"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 400, ""),
        ({"email": "autre@lices.example"}, 400, "/email"),
        ({"role": "administrator"}, 400, "/role"),
        ({"civility": "Dr"}, 400, "/civility"),
        ({"last_name": None}, 400, "/last_name"),
        ({"last_name": "   "}, 422, "/last_name"),
        ({"first_name": "x" * 101}, 400, "/first_name"),
        ({"telephone": "appelez-moi"}, 422, "/telephone"),
    ],
)
def test_what_may_not_be_written_is_refused_at_its_place(
    local: Any, body: dict[str, Any], status: int, pointer: str
) -> None:
    _, sent = local.activated()
    answer = patch(local, headers(local, sent), body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    assert local.harness.published(CHANGED) == []


def test_only_what_is_given_changes_and_the_others_are_told_once(world: Any) -> None:
    _, sent = world.activated()
    mine, body = headers(world, sent), {"last_name": " Martin ", "function": "Gérante", "telephone": ""}
    answers = [patch(world, mine, body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    shown = answers[0].json()
    assert (shown["last_name"], shown["first_name"], shown["function"]) == ("Martin", "Nolwenn", "Gérante")
    assert shown["telephone"] is None
    [told] = world.harness.published(CHANGED)
    assert (told.personal["last_name"], told.personal["function"]) == ("Martin", "Gérante")
    [line] = [row for row in world.harness.rows("security_event") if row["kind"] == "information.corrected"]
    assert line["details"] == {"fields": ["last_name", "function", "telephone"]}


def test_a_person_with_one_name_only_empties_their_first_name(world: Any) -> None:
    _, sent = world.activated()
    assert patch(world, headers(world, sent), {"first_name": ""}).status_code == 200
    [told] = world.harness.published(CHANGED)
    assert told.personal["first_name"] == ""
