"""A filled file: nothing before « Appliquer », the rules of the pages, each line for itself, twice is once."""

from typing import Any

import pytest
from chassis import ids
from declaration.sheets import layout, reading
from declaration_cases import SIRET
from declaration_desk import FILLED, Desk, counts, named
from declaration_exchange import archive, opened_archive, ready

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OTHER = {
    "user_number": "35900007090009",
    "siret": "44306184100047",
    "landlord_name": "AUTRE",
    "dwelling_ref": "X-1",
    "tenant_number": "7654321Z",
    "tenant_last_name": "SECRET",
}


@pytest.fixture
def desk(world: Any) -> Desk:
    numbers = ("1234567A", "1234567B", "1234567C", "1234567D")
    world.register(
        *({"dwelling_ref": f"L-{n}", "tenant_number": n, "tenant_last_name": f"N{n}"} for n in numbers), OTHER
    )
    world.open_campaign()
    return Desk(world, world.landlord())


def test_nobody_else_sees_a_file_nor_applies_it(desk: Desk) -> None:
    world = desk.world
    found = desk.checked(desk.filled(desk.template(), FILLED))
    other = ids.organisation_id(siret=str(OTHER["siret"]))
    strangers = (world.landlord(), world.grant(ids.new_id(), ("private", "FR"), organisation_id=other))
    for headers in strangers:
        for path in ("", "/errors", "/correction"):
            assert world.get(f"/declaration-imports/{found['id']}{path}", headers).status_code == 404
        assert world.post(f"/declaration-imports/{found['id']}/application", headers).status_code == 404
        assert world.get("/declaration-imports", headers).json()["items"] == []
    agent = world.agent()
    assert world.get("/declaration-template", agent, format="csv").status_code == 403
    assert Desk(world, agent).send(b"x").status_code == 403
    assert world.get("/declaration-imports", agent).status_code == 403
    assert desk.read(found["id"])["status"] == "checked"


def test_the_template_holds_what_is_still_to_declare_inside_the_perimeter(desk: Desk) -> None:
    assert [row["N° allocataire"] for row in desk.rows(desk.template())] == [
        "1234567A",
        "1234567B",
        "1234567C",
        "1234567D",
    ]
    assert len(desk.rows(desk.template(q="1234567B"))) == 1
    assert desk.rows(Desk(desk.world, desk.world.landlord(("private", "75"))).template()) == []
    answer = desk.world.get("/declaration-template", desk.headers, format="xlsx")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (XLSX, "no-store")
    assert answer.content.startswith(b"PK")
    assert desk.world.get("/declaration-template", desk.headers, format="xls").status_code == 400


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_template_sent_back_untouched_changes_nothing(desk: Desk, kind: str) -> None:
    found = desk.checked(desk.template(kind))
    assert (found["status"], found["kind"], counts(found)) == ("checked", kind, {"lines": 4, "unchanged": 4})
    assert counts(desk.apply(found["id"])) == {"lines": 4, "unchanged": 4}
    assert [row["status"] for row in desk.drafts()] == ["to_declare"] * 4


def test_nothing_is_written_before_it_is_asked_for_and_valid_lines_then_become_drafts(desk: Desk) -> None:
    sent = desk.filled(desk.template(), FILLED, {**FILLED, "rent": "12,345"}, {**FILLED, "rent": "900"})
    found = desk.checked(sent)
    assert (found["status"], counts(found)) == ("checked", {"lines": 4, "ready": 2, "refused": 1, "unchanged": 1})
    assert [row["status"] for row in desk.drafts()] == ["to_declare"] * 4
    said = desk.errors(found["id"])
    assert [(item["line"], item["kind"], item["column"]) for item in said["items"]] == [
        (3, "refused", "Loyer de juillet hors charges"),
        (4, "to_confirm", "Je confirme"),
    ]
    assert (said["items"][0]["value"], said["items"][0]["example"], said["total"]) == ("12,345", "512,30", 2)
    assert counts(desk.apply(found["id"])) == {"lines": 4, "applied": 2, "refused": 1, "unchanged": 1}
    assert [row["complete"] for row in desk.drafts()] == [True, False, False, False]
    assert [row["channel"] for row in desk.world.harness.rows("state_transition") if row["event"] == "save"] == [
        "file",
        "file",
    ]
    assert desk.errors(found["id"], limit=1)["next_cursor"]


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    sent = desk.filled(desk.template(), FILLED)
    assert desk.send(sent).json()["id"] == desk.send(sent).json()["id"]
    first = desk.checked(sent)
    desk.apply(first["id"])
    before = desk.world.harness.rows("rent_declaration")
    assert counts(desk.apply(first["id"])) == counts(desk.read(first["id"]))
    again = desk.checked(sent)
    assert counts(again) == {"lines": 4, "unchanged": 4}
    desk.apply(again["id"])
    assert desk.world.harness.rows("rent_declaration") == before


def test_a_better_file_of_the_same_person_is_not_told_of_their_own_change(desk: Desk) -> None:
    template = desk.template()
    desk.apply(desk.checked(desk.filled(template, FILLED))["id"])
    found = desk.apply(desk.checked(desk.filled(template, {**FILLED, "rent": "420,00"}))["id"])
    assert counts(found) == {"lines": 4, "applied": 1, "unchanged": 3}
    assert desk.drafts()[0]["cells"]["rent"] == "420,00"


def test_what_another_person_saved_meanwhile_is_not_overwritten_and_both_values_are_told(desk: Desk) -> None:
    template = desk.template()
    colleague = Desk(desk.world, desk.world.landlord())
    row = colleague.drafts()[0]
    saved = {"rows": [{**named(row), "cells": {**FILLED, "rent": "431,00"}}]}
    assert desk.world.put("/drafts", colleague.headers, saved).json()["items"][0]["outcome"] == "saved"
    found = desk.checked(desk.filled(template, FILLED))
    assert counts(found) == {"lines": 4, "refused": 1, "unchanged": 3}
    told = [(item["column"], item["value"], item["message"]) for item in desk.errors(found["id"])["items"]]
    assert ("Loyer de juillet hors charges", "415,00", "La valeur enregistrée est maintenant « 431,00 ».") in told
    assert any("par une autre personne de votre organisme, le " in message for _column, _value, message in told)
    # « 38 » and « 38,00 » are one value.
    assert [column for column, _value, _message in told] == ["", "Loyer de juillet hors charges"]
    # The file to correct carries the revision that was shown: sending it is a choice.
    correction = desk.world.get(f"/declaration-imports/{found['id']}/correction", desk.headers)
    assert counts(desk.apply(desk.checked(correction.content)["id"])) == {"lines": 1, "applied": 1}
    assert desk.drafts()[0]["cells"]["rent"] == "415,00"


def test_a_draft_changed_between_the_check_and_the_application_is_left_alone(desk: Desk) -> None:
    found = desk.checked(desk.filled(desk.template(), FILLED, FILLED))
    row = desk.drafts()[0]
    saved = {"rows": [{**named(row), "cells": {**FILLED, "rent": "431,00"}}]}
    desk.world.put("/drafts", desk.headers, saved)
    assert counts(desk.apply(found["id"])) == {"lines": 4, "applied": 1, "refused": 1, "unchanged": 2}
    assert desk.drafts()[0]["cells"]["rent"] == "431,00"


def test_the_spreadsheet_of_another_landlord_is_unknown_line_by_line_and_reveals_nothing(desk: Desk) -> None:
    other = ids.organisation_id(siret=str(OTHER["siret"]))
    theirs = Desk(desk.world, desk.world.grant(ids.new_id(), ("private", "FR"), organisation_id=other))
    sent = theirs.filled(theirs.template(), FILLED)
    invented = desk.filled(sent, {"mark": layout.mark(ids.new_id(), 1)})
    told = []
    for content in (sent, invented, desk.filled(sent, {"mark": "n’importe quoi"})):
        found = desk.checked(content)
        assert counts(desk.apply(found["id"])) == {"lines": 1, "refused": 1}
        told.append(desk.errors(found["id"])["items"])
        correction = desk.world.get(f"/declaration-imports/{found['id']}/correction", desk.headers).content
        assert "SECRET" not in correction.decode("utf-8-sig")
    assert told[0] == told[1] == told[2]
    assert (told[0][0]["column"], told[0][0]["value"]) == (layout.MARK_HEADER, "")
    assert told[0][0]["message"] == "Cette déclaration est inconnue."
    assert theirs.drafts()[0]["status"] == "to_declare"


def test_what_came_by_file_is_exported_as_such_until_it_is_saved_on_a_page(desk: Desk) -> None:
    world = desk.world
    desk.apply(desk.checked(desk.filled(desk.template(), FILLED, FILLED))["id"])
    by_file, on_page = desk.drafts()[:2]
    body = {"rows": [{**named(on_page), "cells": {"rent": "420,00"}}]}
    on_page = world.put("/drafts", desk.headers, body).json()["items"][0]["row"]
    for row in (by_file, on_page):
        sent = world.post(f"/declarations/{row['id']}/transmission", desk.headers, **{"If-Match": row["etag"]})
        assert sent.status_code == 201
    lines, *_ = opened_archive(archive(world, ready(world)))
    assert {line["declaration_id"]: line["channel"] for line in lines} == {by_file["id"]: "file", on_page["id"]: "web"}


def test_a_right_withdrawn_before_the_application_counts(desk: Desk) -> None:
    account = ids.new_id()
    person = Desk(desk.world, desk.world.grant(account, ("private", "FR")))
    found = person.checked(person.filled(person.template(), FILLED))
    desk.world.grant(account, ("private", "75"), version=2)
    assert counts(person.apply(found["id"])) == {"lines": 4, "unchanged": 3, "refused": 1}
    assert [row["status"] for row in desk.drafts()] == ["to_declare"] * 4


def test_lines_for_a_transmitted_declaration_say_so_and_change_nothing(desk: Desk) -> None:
    template = desk.template()
    desk.apply(desk.checked(desk.filled(template, FILLED))["id"])
    row = desk.drafts()[0]
    path = f"/declarations/{row['id']}/transmission"
    assert desk.world.post(path, desk.headers, **{"If-Match": row["etag"]}).status_code == 201
    assert counts(desk.checked(desk.filled(template, FILLED))) == {"lines": 4, "unchanged": 4}
    found = desk.checked(desk.filled(template, {**FILLED, "rent": "1"}))
    assert counts(found) == {"lines": 4, "refused": 1, "unchanged": 3}
    assert "modifi" in desk.errors(found["id"])["items"][0]["message"]


def test_the_file_to_correct_holds_what_was_typed_and_is_accepted_once_corrected(desk: Desk) -> None:
    sent = desk.filled(desk.template(), {**FILLED, "rent": "12,345", "reason": "=1+1"}, {**FILLED, "rent": "900"})
    found = desk.checked(sent)
    correction = desk.world.get(f"/declaration-imports/{found['id']}/correction", desk.headers)
    first, second = desk.rows(correction.content)
    assert (first["Loyer de juillet hors charges"], first["Motif"]) == ("12,345", "'=1+1")
    assert "par exemple : 512,30" in first["À corriger"].lower()
    assert "10\u00a0%" in second["Points à confirmer"]
    fixed = desk.filled(correction.content, {"rent": "430", "reason": ""}, {"confirm": "oui", "reason": "Travaux"})
    assert counts(desk.apply(desk.checked(fixed)["id"])) == {"lines": 2, "applied": 2}
    assert [row["complete"] for row in desk.drafts()] == [True, True, False, False]


def test_a_declaration_twice_in_a_file_counts_once(desk: Desk) -> None:
    sent = desk.filled(desk.template(), FILLED)
    found = desk.checked(sent + sent.splitlines(keepends=True)[1].replace(b"415,00", b"480,00"))
    assert counts(found) == {"lines": 5, "ready": 1, "refused": 1, "unchanged": 3}
    assert "plus haut" in desk.errors(found["id"])["items"][0]["message"]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"Locataire;Loyer\nx;1"])
def test_a_file_that_cannot_be_taken_is_refused_whole_and_forgotten(desk: Desk, content: bytes) -> None:
    found = desk.checked(content)
    assert (found["status"], found["refusal"] in reading.REFUSALS.values()) == ("refused", True)
    assert desk.world.harness.rows("declaration_import")[0]["content"] is None
    assert desk.world.post(f"/declaration-imports/{found['id']}/application", desk.headers).status_code == 409


def test_an_empty_or_absent_or_enormous_file_is_refused_at_once(desk: Desk) -> None:
    for content, code in ((b"", "empty"), (b"x" * 5_000_001, "too_large")):
        answer = desk.send(content)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert desk.world.harness.rows("declaration_import") == []


def test_a_file_not_checked_yet_is_not_applied(desk: Desk) -> None:
    sent = desk.send(desk.filled(desk.template(), FILLED)).json()
    assert desk.world.post(f"/declaration-imports/{sent['id']}/application", desk.headers).status_code == 409


def test_the_lines_of_old_files_are_forgotten_and_their_count_is_not_asked_of_them(desk: Desk) -> None:
    from datetime import timedelta

    from chassis import clock
    from declaration.models import DeclarationImport
    from sqlalchemy import update

    desk.apply(desk.checked(desk.filled(desk.template(), FILLED))["id"])
    desk.world.harness.run_job("purge files of rows and batches")
    assert len(desk.world.harness.rows("declaration_import_line")) == 4
    with desk.world.harness.transaction() as session:
        session.execute(update(DeclarationImport).values(received_at=clock.now() - timedelta(days=31)))
    desk.world.harness.run_job("purge files of rows and batches")
    assert desk.world.harness.rows("declaration_import_line") == []


def test_the_journal_says_who_sent_and_applied_a_file_and_nothing_of_it(desk: Desk) -> None:
    desk.apply(desk.checked(desk.filled(desk.template(), FILLED))["id"])
    lines = [line for line in desk.world.harness.rows("journal") if line["action"].startswith("import.")]
    assert [line["action"] for line in lines] == ["import.received", "import.applied"]
    assert {line["perimeter"] for line in lines} == {str(ids.organisation_id(siret=SIRET))}
    assert "415" not in str([line["after"] for line in lines if line["action"] != "import.received"]).replace(
        lines[0]["after"]["sha256"], ""
    )
