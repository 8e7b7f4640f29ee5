"""Reminders on their days to who has not finished, dates that move with a reason, and what a cut-off leaves."""

from datetime import date, timedelta
from typing import Any

import pytest
from chassis import clock
from chassis.problems import Invalid
from declaration.domain import campaign as rules
from declaration.models import Campaign, DeclarationRequest
from declaration_cases import INFORMATION, PERSON, RENT, SITUATION
from sqlalchemy import update

REMINDER = "declaration.reminder_due.v1"


def lot(number: int, **changes: str) -> dict[str, str]:
    return {"dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


def due(world: Any, *days: date) -> list[Any]:
    """Sets the days of reminder, as if everybody had been asked a month ago, and runs the job."""
    with world.harness.transaction() as session:
        session.execute(update(Campaign).values(reminders=[day.isoformat() for day in days]))
        session.execute(update(DeclarationRequest).values(asked_at=clock.now() - timedelta(days=30)))
    world.harness.run_job("remind landlords")
    return list(world.harness.published(REMINDER))


def transmit_all(world: Any, headers: dict[str, str]) -> None:
    steps = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
    for pending in world.declarations(headers, status="to_declare"):
        path = f"/declarations/{pending['id']}"
        etag = world.get(path, headers).headers["etag"]
        saved = world.put(f"{path}/draft", headers, steps, **{"If-Match": etag})
        sent = world.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]})
        assert sent.status_code == 201, sent.text


def test_a_landlord_is_reminded_once_a_day_of_reminder_however_many_tenants(world: Any) -> None:
    world.register({}, lot(2), {**PERSON, **lot(3)})
    world.open_campaign()
    today = clock.today()
    told = due(world, today - timedelta(days=3), today, today + timedelta(days=3))
    assert sorted(event.data["remaining"] for event in told) == [1, 2]
    assert {event.data["reminder_on"] for event in told} == {today.isoformat()}
    assert {event.personal["email"] for event in told} == {"gestion@lices.example", None}
    assert len(due(world, today)) == 2


def test_who_has_finished_is_not_reminded(world: Any) -> None:
    world.register({}, {**PERSON, **lot(3)})
    world.open_campaign()
    transmit_all(world, world.landlord())
    (event,) = due(world, clock.today())
    assert event.data["user_number"] == PERSON["user_number"]


def test_who_was_asked_on_the_day_or_after_it_is_not_reminded_for_it(world: Any) -> None:
    world.register({})
    world.open_campaign()
    with world.harness.transaction() as session:
        session.execute(update(Campaign).values(reminders=[clock.today().isoformat()]))
    world.harness.run_job("remind landlords")
    assert world.harness.published(REMINDER) == []


def test_nobody_is_reminded_once_the_campaign_is_closed(world: Any, year: int) -> None:
    world.register({})
    world.open_campaign()
    world.post(f"/campaigns/{year}/closing", world.agent())
    assert due(world, clock.today()) == []


def test_the_usual_reminders_come_before_the_deadline_and_after_the_opening() -> None:
    dates = rules.Dates(2026, date(2026, 7, 1), date(2026, 11, 15), date(2027, 1, 15))
    assert rules.usual_reminders(dates) == [date(2026, 10, 16), date(2026, 11, 1), date(2026, 11, 12)]
    # One of them falls on the day of the opening: on that day landlords are asked, not reminded.
    short = rules.Dates(2026, date(2026, 11, 1), date(2026, 11, 15), date(2027, 1, 15))
    assert rules.usual_reminders(short) == [date(2026, 11, 12)]


@pytest.mark.parametrize(("today", "expected"), [(14, None), (15, 15), (19, 15), (20, 20), (30, 20)])
def test_of_several_missed_days_only_the_last_is_made_up_for(today: int, expected: int | None) -> None:
    days = [date(2026, 10, 15), date(2026, 10, 20)]
    found = rules.due_reminder(days, date(2026, 10, today))
    assert found == (date(2026, 10, expected) if expected else None)


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        # The campaign opens on July 1 and ends on January 15.
        ([date(2026, 7, 1)], None),
        ([date(2026, 7, 2), date(2027, 1, 15)], 2),
        ([date(2027, 1, 16)], None),
        ([date(2026, 10, day) for day in range(1, 11)], 10),
        ([date(2026, 10, day) for day in range(1, 12)], None),
        ([date(2026, 10, 1), date(2026, 10, 1)], 1),
        ([], 0),
    ],
)
def test_reminders_come_after_the_opening_until_the_last_day_ten_at_most(days: list[date], kept: int | None) -> None:
    dates = rules.Dates(2026, date(2026, 7, 1), date(2026, 11, 15), date(2027, 1, 15))
    if kept is not None:
        assert rules.checked_reminders(reversed(days), dates) == sorted(set(days))
        assert len(set(days)) == kept
        return
    with pytest.raises(Invalid) as refused:
        rules.checked_reminders(days, dates)
    assert [error.pointer for error in refused.value.errors] == ["/reminders"]


def moved(year: int, **changes: Any) -> dict[str, Any]:
    return {
        "deadline": f"{year + 1}-02-15",
        "cut_off": f"{year + 1}-04-01",
        "reminders": [f"{year + 1}-02-01", f"{year + 1}-01-20"],
        "reason": "Envoi du courrier retardé",
        **changes,
    }


def test_only_an_agent_of_the_caf_moves_the_dates_and_with_a_reason(world: Any, year: int) -> None:
    world.open_campaign()
    path = f"/campaigns/{year}/dates"
    assert world.put(path, world.landlord(), moved(year)).status_code == 403
    assert world.put(path, world.agent("220"), moved(year)).status_code == 404
    assert world.put(path, world.agent(), {**moved(year), "reason": ""}).status_code in (400, 422)
    wrong = world.put(path, world.agent(), moved(year, reminders=[f"{year + 1}-05-01"]))
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/reminders"]
    done = world.put(path, world.agent(), moved(year)).json()
    assert done["reminders"] == [f"{year + 1}-01-20", f"{year + 1}-02-01"]
    (line,) = [row for row in world.harness.rows("journal") if row["action"] == "campaign.dates_changed"]
    assert line["before"]["cut_off"] == f"{year + 1}-03-01"
    assert (line["after"]["cut_off"], line["reason"]) == (f"{year + 1}-04-01", "Envoi du courrier retardé")


def test_the_same_dates_again_change_nothing_and_leave_no_line(world: Any, year: int) -> None:
    world.open_campaign()
    for _ in range(2):
        assert world.put(f"/campaigns/{year}/dates", world.agent(), moved(year)).status_code == 200
    assert len([row for row in world.harness.rows("journal") if row["action"] == "campaign.dates_changed"]) == 1
    found = world.get(f"/campaigns/{year}", world.agent()).json()
    assert (found["deadline"], found["cut_off"]) == (f"{year + 1}-02-15", f"{year + 1}-04-01")


def test_the_cut_off_closes_counts_what_never_ended_and_keeps_it(world: Any, year: int) -> None:
    world.register({}, lot(2))
    world.open_campaign()
    headers = world.landlord()
    path = f"/declarations/{world.declarations(headers)[0]['id']}"
    etag = world.get(path, headers).headers["etag"]
    world.put(f"{path}/draft", headers, {"rent": RENT}, **{"If-Match": etag})
    world.harness.run_job("cut-off")
    assert world.harness.rows("campaign")[0]["phase"] == "open"
    with world.harness.transaction() as session:
        session.execute(update(Campaign).values(cut_off=clock.today() - timedelta(days=1)))
    world.harness.run_job("cut-off")
    world.harness.run_job("cut-off")
    (campaign,) = world.harness.rows("campaign")
    assert (campaign["phase"], campaign["unfinished"]) == ("closed", {"draft": 1, "to_declare": 1})
    assert len([row for row in world.harness.rows("journal") if row["action"] == "campaign.cut_off"]) == 1
    assert world.get(path, headers).json()["draft"]["rent"]["rent"] == "415.00"


def test_a_last_day_moved_on_is_looked_at_again(world: Any, year: int) -> None:
    world.register({})
    world.open_campaign()
    with world.harness.transaction() as session:
        session.execute(update(Campaign).values(cut_off=clock.today() - timedelta(days=1)))
    world.harness.run_job("cut-off")
    assert world.put(f"/campaigns/{year}/dates", world.agent(), moved(year)).status_code == 200
    assert world.harness.rows("campaign")[0]["unfinished"] is None


def test_a_corrected_lease_moves_a_declaration_that_nobody_has_begun(world: Any, year: int) -> None:
    world.register({}, lot(2, lease_start=f"{year}-08-01"), lot(3))
    world.open_campaign()
    headers = world.landlord()
    begun = next(one for one in world.declarations(headers) if one["tenant"]["number"] == "1000003A")
    etag = world.get(f"/declarations/{begun['id']}", headers).headers["etag"]
    world.put(f"/declarations/{begun['id']}/draft", headers, {"rent": RENT}, **{"If-Match": etag})
    gone = f"{year}-06-30"
    world.register({"lease_end": gone}, lot(2, lease_start=f"{year}-06-01"), lot(3, lease_end=gone))
    states = {one["tenant"]["number"]: one["status"] for one in world.declarations(headers)}
    assert states == {"1234567A": "not_concerned", "1000002A": "to_declare", "1000003A": "draft"}
    assert "juillet" in world.get(f"/declarations/{begun['id']}", headers).json()["exemption"]
    passages = [row["event"] for row in world.harness.rows("state_transition")]
    assert sorted(passages) == ["exempt", "lease_joins_july", "lease_leaves_july", "open", "open", "save"]
    world.register({"lease_end": gone}, lot(2, lease_start=f"{year}-06-01"), lot(3, lease_end=gone))
    assert len(world.harness.rows("state_transition")) == len(passages)


def test_progress_tells_types_of_dwelling_and_days_without_gaps(world: Any, year: int) -> None:
    world.register({}, lot(2, housing_type="conventioned"))
    world.open_campaign()
    transmit_all(world, world.landlord(("private", "FR")))
    told = world.get(f"/campaigns/{year}/progress", world.agent()).json()
    assert {each["housing_type"]: each["transmitted"] for each in told["housing_types"]} == {
        "conventioned": 0,
        "private": 1,
    }
    assert told["days"] == [{"day": clock.today().isoformat(), "transmitted": 1, "cumulated": 1}]
