"""The journal: who, what, when, on whom, before and after, why; committed with what it tells."""

from uuid import uuid4

import pytest
from chassis import clock, journal, tracing
from chassis.testing.harness import Harness


class Crash(Exception):
    """Stands for the end of the process there."""


def test_a_line_says_who_did_what_to_whom_and_why(toy: Harness) -> None:
    actor, subject, perimeter = uuid4(), uuid4(), uuid4()
    with toy.transaction() as session:
        journal.record(
            session,
            actor=actor,
            action="group.renamed",
            subject=subject,
            perimeter=perimeter,
            before={"label": "Agence"},
            after={"label": "Agence de Rennes"},
            reason="demande du bailleur",
        )
    line = toy.rows("journal")[0]
    assert (line["actor"], line["subject"], line["perimeter"]) == (str(actor), str(subject), str(perimeter))
    assert (line["before"], line["after"]) == ({"label": "Agence"}, {"label": "Agence de Rennes"})
    assert line["reason"] == "demande du bailleur"
    assert abs((clock.now() - line["at"]).total_seconds()) < 5


def test_a_line_disappears_with_the_change_that_failed(toy: Harness) -> None:
    with pytest.raises(Crash), toy.transaction() as session:
        journal.record(session, actor="system", action="x", subject="y")
        raise Crash
    assert toy.rows("journal") == []


def test_lines_keep_the_order_in_which_they_were_written(toy: Harness) -> None:
    with toy.transaction() as session:
        for number in range(5):
            journal.record(session, actor="system", action=f"step {number}", subject="y")
    lines = sorted(toy.rows("journal"), key=lambda line: line["seq"])
    assert [line["action"] for line in lines] == [f"step {number}" for number in range(5)]


def test_a_line_can_be_found_from_its_trace(toy: Harness) -> None:
    with tracing.span("request"), toy.transaction() as session:
        trace = tracing.current_trace_id()
        journal.record(session, actor="system", action="x", subject="y")
    assert toy.rows("journal")[0]["trace_id"] == trace != ""


def test_outside_any_trace_a_line_has_none(toy: Harness) -> None:
    with toy.transaction() as session:
        journal.record(session, actor="system", action="x", subject="y")
    assert toy.rows("journal")[0]["trace_id"] is None
