"""The Caf's answers: who may not hand them over, then each applied once, as the state table says, and told once."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from chassis.problems import Conflict
from declaration.answers import jobs
from declaration.domain.answers.columns import COLUMNS
from declaration.domain.answers.reasons import EVENTS, GUIDANCE, REASONS
from declaration.domain.states import State, advance
from declaration.job_lock import JobLockLost
from declaration.models import AnswerImport
from declaration_cases import PERSON, RENT
from declaration_exchange import (
    answered,
    answers_file,
    archive,
    correct,
    declare,
    lot,
    opened,
    opened_archive,
    ready,
    send_answers,
    told,
    type_paper,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

ANSWERED = "declaration.answered.v1"
QUESTION = "Le loyer comprend-il le garage ?"


def asking(reference: str, text: str = QUESTION) -> dict[str, str]:
    return {"reference": reference, "answer": "information_requested", "text": text}


def rejecting(reference: str, code: str = "wrong_month") -> dict[str, str]:
    return {"reference": reference, "answer": "rejected", "reason_code": code, "text": "Le loyer est celui d’août."}


def saying(reference: str, answer: str) -> dict[str, str]:
    return {"reference": reference, "answer": answer}


@pytest.fixture
def landlord(world: Any) -> dict[str, str]:
    headers: dict[str, str] = world.landlord()
    return headers


OF_ANOTHER = ("declaration_id", "user_number", "tenant_number", "dwelling_ref")


def test_an_answer_whose_reference_slipped_against_the_columns_of_the_export_is_refused(
    world: Any, landlord: dict[str, str]
) -> None:
    one, other = (declare(world, each, landlord)["reference"] for each in opened(world, 2))
    lines = {line["reference"]: line for line in opened_archive(archive(world, ready(world)))[0]}
    assert lines[one]["tenant_number"] != lines[other]["tenant_number"]
    for name in OF_ANOTHER:
        wrong = "35900007090099" if name == "user_number" else lines[other][name]
        imported = answered(world, {**saying(one, "under_review"), name: wrong})
        assert imported["lines_bad"] == 1, name
        [said] = world.get(f"/answers/{imported['id']}/errors", world.agent()).json()["items"]
        assert (said["column"], bool(said["rule"]), bool(said["example"])) == (name, True, True)
    right = {name: lines[one][name] for name in OF_ANOTHER}
    assert answered(world, {**saying(one, "under_review"), **right})["lines_bad"] == 0


def test_nobody_but_an_agent_hands_answers_over_or_sees_them(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    sent = declare(world, declaration, landlord)
    imported = answered(world, saying(sent["reference"], "under_review"))
    url = "/api/declaration/v1/answers"
    file = {"file": ("r.csv", answers_file(saying(sent["reference"], "integrated")))}
    for headers, refusal in (({}, 401), (landlord, 403)):
        assert world.harness.client.post(url, files=file, headers=headers).status_code == refusal
        for path in ("/answers", f"/answers/{imported['id']}", f"/answers/{imported['id']}/errors"):
            assert world.get(path, headers).status_code == refusal
    assert len(world.harness.rows("answer_import")) == 1


def test_answers_of_another_caf_do_not_exist_and_change_nothing(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    sent = declare(world, declaration, landlord)
    other = answered(world, saying(sent["reference"], "integrated"), caf="220")
    assert (other["lines_applied"], other["lines_bad"]) == (0, 1)
    # Word for word what a reference that nobody has gets, whatever the line says beside it.
    nobody = {**saying("R26-0000-0000-0000-0000", "integrated"), "version": "7"}
    unknown = answered(world, nobody, {**saying(sent["reference"], "under_review"), "version": "7"}, caf="220")
    reports = [
        world.get(f"/answers/{each['id']}/errors", world.agent("220")).json()["items"] for each in (other, unknown)
    ]
    said = [{name: value for name, value in line.items() if name != "line"} for report in reports for line in report]
    assert [line["column"] for line in said] == ["reference"] * 3
    assert said[0] == said[1] == said[2]
    assert world.get(f"/answers/{other['id']}", world.agent("359")).status_code == 404
    assert world.get(f"/answers/{other['id']}/errors", world.agent("359")).status_code == 404
    assert world.get("/answers", world.agent("359")).json()["items"] == []
    assert send_answers(world, answers_file({}), "220", caf_code="359").status_code == 404
    assert world.get(f"/declarations/{declaration}", landlord).json()["status"] == "transmitted"
    assert world.harness.published(ANSWERED) == []


def test_a_supervisor_names_the_caf(world: Any) -> None:
    headers = world.agent("220", supervisor=True)
    url, file = "/api/declaration/v1/answers", {"file": ("r.csv", answers_file())}
    assert world.harness.client.post(url, files=file, headers=headers).status_code == 400
    sent = world.harness.client.post(f"{url}?caf_code=359", files=file, headers=headers)
    assert (sent.status_code, sent.json()["caf_code"]) == (202, "359")


def test_each_bad_line_is_told_with_line_column_rule_and_example_and_the_others_go_in(
    world: Any, landlord: dict[str, str]
) -> None:
    first, second = opened(world, 2)
    reference, other = declare(world, first, landlord)["reference"], declare(world, second, landlord)["reference"]
    imported = answered(
        world,
        {"reference": "R26", "answer": "integrated"},
        {"reference": "R26-0000-0000-0000-0000", "answer": "integrated"},
        {"reference": reference, "answer": "accepted"},
        {"reference": reference, "answer": "rejected"},
        {"reference": reference, "answer": "information_requested"},
        {"reference": reference, "answer": "integrated", "reason_code": "other"},
        {"reference": reference, "answer": "integrated", "version": "2"},
        {"reference": reference, "answer": "rejected", "reason_code": "because", "text": "x" * 401},
        {"reference": reference.lower(), "version": "1", "answer": "integrated"},
        saying(other, "under_review"),
    )
    assert (imported["status"], imported["lines_applied"], imported["lines_bad"]) == ("done", 2, 8)
    errors = told(world, imported)
    assert [(error["line"], error["column"]) for error in errors] == [
        (2, "reference"),
        (3, "reference"),
        (4, "answer"),
        (5, "reason_code"),
        (5, "text"),
        (6, "text"),
        (7, "reason_code"),
        (8, "version"),
        (9, "reason_code"),
        (9, "text"),
    ]
    assert all(error["rule"] and error["message"] and error["example"] for error in errors)
    assert not any(reference in str(error) for error in errors)


def test_the_same_file_is_the_same_import_and_changes_nothing_more(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    content = answers_file(asking(declare(world, declaration, landlord)["reference"]))
    first = send_answers(world, content)
    world.harness.run_job("read answers")
    passages = world.harness.rows("state_transition")
    again = send_answers(world, content, name="autre-nom.csv")
    world.harness.run_job("read answers")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["id"] == first.json()["id"]
    assert world.harness.rows("state_transition") == passages
    assert len(world.harness.published(ANSWERED)) == 1
    assert not list(Path(world.folder, "storage").rglob("*.csv"))


def test_an_answer_that_is_known_changes_nothing_and_one_that_comes_too_late_is_refused(
    world: Any, landlord: dict[str, str]
) -> None:
    (declaration,) = opened(world)
    reference = declare(world, declaration, landlord)["reference"]
    answered(world, saying(reference, "integrated"))
    late = answered(world, saying(reference, "under_review"), saying(reference, "integrated"))
    assert (late["lines_applied"], late["lines_unchanged"], late["lines_bad"]) == (0, 1, 1)
    (error,) = told(world, late)
    assert (error["column"], "Prise en compte" in error["message"]) == ("answer", True)
    assert len(world.harness.published(ANSWERED)) == 1


def test_a_file_without_its_columns_is_refused_whole_and_may_be_sent_again(world: Any) -> None:
    content = answers_file({"reference": "x"}, columns=("reference", "comment"))
    for _ in range(2):
        sent = send_answers(world, content)
        assert sent.status_code == 202
        world.harness.run_job("read answers")
        found = world.get(f"/answers/{sent.json()['id']}", world.agent()).json()
        assert (found["status"], "answer" in found["refusal"]) == ("refused", True)
    assert send_answers(world, b"").status_code == 422


def test_what_the_caf_settled_takes_no_more_corrections(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    reference = declare(world, declaration, landlord)["reference"]
    answered(world, saying(reference, "integrated"))
    found = world.get(f"/declarations/{declaration}", landlord).json()
    assert (found["status"], found["actions"]) == ("integrated", [])
    assert found["transmissions"][0]["answer"]["guidance"] == GUIDANCE["integrated"]
    refused = world.post(f"/declarations/{declaration}/amendments", landlord, {"reason": "Erreur"})
    assert (refused.status_code, "prise en compte" in refused.text or "pris en compte" in refused.text) == (409, True)


def test_a_question_is_seen_answered_with_a_new_version_and_travels_to_the_caf(
    world: Any, landlord: dict[str, str]
) -> None:
    (declaration,) = opened(world)
    reference = declare(world, declaration, landlord)["reference"]
    ready(world)
    answered(world, asking(reference))
    (listed,) = world.declarations(landlord, status="information_requested")
    assert (listed["answer"]["text"], listed["status_label"]) == (QUESTION, "Complément demandé")
    page = world.get("/declarations", landlord).json()
    assert page["counts"] == {"information_requested": 1}
    (remaining,) = world.get("/declarations/remaining", landlord).json()["items"]
    assert (remaining["to_declare"], remaining["to_answer"]) == (0, 1)
    amended = world.post(f"/declarations/{declaration}/amendments", landlord, {"reason": "Non, il est à part."})
    assert amended.json()["question"] == QUESTION
    (listed,) = world.declarations(landlord)
    assert (listed["status"], listed["answer"]["text"]) == ("draft", QUESTION)
    declare(world, declaration, landlord, rent="400")
    lines, manifest, *_ = opened_archive(archive(world, ready(world)))
    assert [(line["version"], line["supersedes"], line["question"], line["reason"]) for line in lines] == [
        ("2", "1", QUESTION, "Non, il est à part.")
    ]
    assert manifest["totals"]["replies"] == 1
    seen = world.get(f"/declarations/{declaration}", world.agent()).json()
    newest, oldest = seen["transmissions"]
    assert (newest["question"], newest["reason"], newest["answer"]) == (QUESTION, "Non, il est à part.", None)
    assert (oldest["superseded"], oldest["answer"]["text"]) == (True, QUESTION)
    assert seen["question"] is None


def test_an_answer_to_a_version_that_was_replaced_is_refused(world: Any, landlord: dict[str, str]) -> None:
    (declaration,) = opened(world)
    first = declare(world, declaration, landlord)["reference"]
    second = correct(world, declaration, landlord)["reference"]
    imported = answered(world, saying(first, "integrated"), rejecting(second))
    assert (imported["lines_applied"], imported["lines_bad"]) == (1, 1)
    assert "Remplacée" in told(world, imported)[0]["message"]
    found = world.get(f"/declarations/{declaration}", landlord).json()
    assert found["status"] == "rejected"
    said = found["transmissions"][0]["answer"]
    assert (said["label"], said["guidance"]) == (REASONS["wrong_month"].label, REASONS["wrong_month"].guidance)
    assert said["way_on"] == "correct"
    assert found["actions"] == ["amend"]


def test_a_correction_in_hand_is_abandoned_when_the_caf_settles_and_kept_otherwise(
    world: Any, landlord: dict[str, str]
) -> None:
    first, second = opened(world, 2)
    settled, asked = declare(world, first, landlord)["reference"], declare(world, second, landlord)["reference"]
    for declaration in (first, second):
        world.post(f"/declarations/{declaration}/amendments", landlord, {"reason": "Erreur"})
        etag = world.get(f"/declarations/{declaration}", landlord).headers["etag"]
        path = f"/declarations/{declaration}/draft"
        assert world.put(path, landlord, {"rent": {**RENT, "rent": "1"}}, **{"If-Match": etag}).status_code == 200
    answered(world, saying(settled, "integrated"), asking(asked))
    one = world.get(f"/declarations/{first}", landlord).json()
    assert (one["status"], one["version"], one["actions"]) == ("integrated", 1, [])
    assert one["draft"]["rent"]["rent"] == "415.00"
    other = world.get(f"/declarations/{second}", landlord).json()
    assert (other["status"], other["version"], other["question"]) == ("draft", 2, QUESTION)
    assert other["draft"]["rent"]["rent"] == "1.00"
    events = [(row["event"], row["from_state"], row["to_state"]) for row in world.harness.rows("state_transition")]
    assert ("abandon", "draft", "integrated") in events


def test_one_event_a_landlord_and_file_however_many_answers(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = {**PERSON, **lot(9)}
    world.register(lot(1), lot(2), lot(3), person)
    world.open_campaign()
    references = [type_paper(world, item["id"], world.agent()) for item in world.declarations(world.agent())]
    monkeypatch.setattr(jobs, "BATCH", 2)
    rows = [saying(reference, "integrated") for reference in references[1:]]
    imported = answered(world, *rows, asking(references[0]))
    events = world.harness.published(ANSWERED)
    assert imported["landlords_told"] == len(events) == 2
    counts = sorted((sum(event.data["counts"].values()) for event in events), reverse=True)
    assert counts == [3, 1]
    assert {event.personal["name"] for event in events} == {"REGIE DES LICES", "Mme Zoé MARTIN"}
    assert {event.data["import_id"] for event in events} == {imported["id"]}


class Killed(BaseException):
    """As SIGKILL: nothing of ours runs after it."""


def test_what_a_killed_worker_left_is_taken_up_where_it_stopped(
    world: Any, landlord: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    references = [declare(world, declaration, landlord)["reference"] for declaration in opened(world, 5)]
    import_id = send_answers(world, answers_file(*[saying(each, "integrated") for each in references])).json()["id"]
    claimed = jobs.JOBS.claim(world.harness.runtime)
    assert claimed is not None
    lease, _ = claimed
    assert lease is not None
    committed = 0

    def killed_at_the_second_batch() -> None:
        nonlocal committed
        committed += 1
        if committed == 2:
            raise Killed

    with pytest.raises(Killed):
        jobs.run(world.harness.runtime, lease, killed_at_the_second_batch)
    assert jobs.JOBS.claim(world.harness.runtime) is None
    with world.harness.transaction() as session:
        row = session.get_one(AnswerImport, UUID(import_id))
        assert row.lines_done == 4
        row.leased_until = clock.now()
    world.harness.run_job("read answers")
    done = world.get(f"/answers/{import_id}", world.agent()).json()
    assert (done["status"], done["lines_applied"], done["lines_unchanged"]) == ("done", 5, 0)
    (event,) = world.harness.published(ANSWERED)
    assert event.data["counts"] == {"integrated": 5}
    with pytest.raises(JobLockLost), world.harness.transaction() as session:
        lease.hold(session)


def test_files_of_one_caf_are_read_in_the_order_in_which_they_came(world: Any) -> None:
    first = send_answers(world, answers_file(saying("R26-0000-0000-0000-0000", "integrated"))).json()["id"]
    send_answers(world, answers_file(saying("R26-0000-0000-0000-0001", "integrated")))
    other = send_answers(world, answers_file(saying("R26-0000-0000-0000-0002", "integrated")), "220").json()["id"]
    taken = [jobs.JOBS.claim(world.harness.runtime) for _ in range(3)]
    assert [str(claimed[0].row_id) if claimed else None for claimed in taken] == [first, other, None]


def test_a_file_that_no_worker_can_read_is_given_up_with_a_sentence(world: Any) -> None:
    import_id = send_answers(world, answers_file()).json()["id"]
    with world.harness.transaction() as session:
        session.execute(update(AnswerImport).values(attempts=5))
    world.harness.run_job("read answers")
    found = world.get(f"/answers/{import_id}", world.agent()).json()
    assert (found["status"], "support" in found["refusal"]) == ("refused", True)


@given(st.lists(st.sampled_from(sorted(EVENTS)), min_size=1, max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_answers_ends_where_the_table_leads(settled_world: Any, said: list[str]) -> None:
    """Each line is applied, unchanged, or refused: exactly as the table, walked beside it, says."""
    world, landlord = settled_world
    declaration = next_declaration(world, landlord)
    reference = declare(world, declaration, landlord)["reference"]
    rows = [{**COMPLETE[answer], "reference": reference} for answer in said]
    # A file of its own each time: the same content would be the same import.
    imported = answered(world, *rows, saying(ids.random_reference("R26"), "integrated"))
    state, applied, unchanged = State.TRANSMITTED, 0, 0
    for answer in said:
        if state == answer:
            unchanged += 1
            continue
        try:
            state = advance(state, EVENTS[answer])
        except Conflict:
            continue
        applied += 1
    assert (imported["lines_applied"], imported["lines_unchanged"]) == (applied, unchanged)
    assert imported["lines_bad"] == len(said) - applied - unchanged + 1
    assert world.get(f"/declarations/{declaration}", landlord).json()["status"] == state.value


COMPLETE: dict[str, dict[str, str]] = {
    "integrated": saying("", "integrated"),
    "under_review": saying("", "under_review"),
    "information_requested": asking(""),
    "rejected": rejecting(""),
}


@pytest.fixture
def settled_world(world: Any) -> tuple[Any, dict[str, str]]:
    opened(world, 20)
    return world, world.landlord()


def next_declaration(world: Any, landlord: dict[str, str]) -> str:
    found: str = world.declarations(landlord, status="to_declare")[0]["id"]
    return found


def test_every_answer_has_its_words_and_every_reason_what_to_do() -> None:
    assert set(COMPLETE) == set(EVENTS)
    assert set(GUIDANCE) | {"rejected"} == set(EVENTS)
    assert all(reason.label and reason.guidance for reason in REASONS.values())
    assert all(column.rule and column.example for column in COLUMNS.values())
    assert all(len(code) <= 30 for code in REASONS)
