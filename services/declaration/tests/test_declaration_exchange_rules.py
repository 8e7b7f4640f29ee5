"""Files exchanged with a Caf and reports to it, as values: what is written, what is read, and each refusal whole."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from chassis.problems import Conflict, FieldError, Invalid
from declaration.domain import reports
from declaration.domain.answers import reasons
from declaration.domain.answers.columns import ANSWERS, COLUMNS, of_another, reference, rejected, version, worded
from declaration.domain.answers.reasons import WayOn
from declaration.domain.exports import columns, manifest, schedule, states
from declaration.domain.exports.manifest import Layout, Made, Totals
from declaration.domain.registry import lines
from declaration.domain.reports import Kind, State, Trigger

REFERENCE = "R26-8K3M-W2QT-5YBN-0XCD"
ANSWER = {
    **{"reference": REFERENCE, "version": "1", "answer": "integrated", "reason_code": "", "text": ""},
    **{"declaration_id": "", "user_number": "", "tenant_number": "", "dwelling_ref": ""},
}
HEADER = lines.header(";".join(COLUMNS), ANSWERS)


def answered(**cells: str) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The typed values, and the column and message of each error."""
    row, errors = lines.read([{**ANSWER, **cells}[name] for name in COLUMNS], HEADER, 4, ANSWERS)
    assert all((error.line, error.rule) == (4, COLUMNS[error.column].rule) for error in errors)
    return row, [(error.column, error.message) for error in errors]


MANDATORY = "Cette valeur est obligatoire."


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        ({}, []),
        ({"reference": f" {REFERENCE.lower()} "}, []),
        ({"reference": "R26-8K3M-W2QT-5YBN"}, [("reference", "Cette référence n’a pas la forme attendue.")]),
        # I, L, O and U are no signs of a reference.
        ({"reference": "R26-8K3M-W2QT-5YBN-0XCO"}, [("reference", "Cette référence n’a pas la forme attendue.")]),
        ({"version": "9999"}, []),
        ({"version": ""}, []),
        ({"version": "0"}, [("version", "Un numéro de version est attendu.")]),
        ({"version": "10000"}, [("version", "Un numéro de version est attendu.")]),
        ({"version": "²"}, [("version", "Un numéro de version est attendu.")]),
        ({"version": "-1"}, [("version", "Un numéro de version est attendu.")]),
        ({"answer": "rejected", "reason_code": "other", "text": "Bail illisible"}, []),
        ({"answer": "rejected", "text": "Bail illisible"}, [("reason_code", MANDATORY)]),
        ({"answer": "rejected", "reason_code": "other"}, [("text", MANDATORY)]),
        ({"answer": "information_requested"}, [("text", MANDATORY)]),
        ({"answer": "information_requested", "text": "x" * 400}, []),
        ({"answer": "information_requested", "text": "x" * 401}, [("text", "Ce texte dépasse 400 caractères.")]),
        ({"reason_code": "other"}, [("reason_code", "Seul un rejet a un code de motif.")]),
    ],
)
def test_an_answer_is_read_or_told_column_by_column(cells: dict[str, str], errors: list[tuple[str, str]]) -> None:
    row, found = answered(**cells)
    assert found == errors
    assert (row is None) is bool(errors)


def test_the_values_of_an_answer() -> None:
    assert reference(f" {REFERENCE.lower()} ") == REFERENCE
    assert [version(text) for text in ("1", "0012", "9999")] == [1, 12, 9999]
    assert [rejected({"answer": word}) for word in ("rejected", "integrated")] == [True, False]
    assert [worded({"answer": word}) for word in ("rejected", "information_requested", "under_review")] == [
        True,
        True,
        False,
    ]
    assert (rejected({}), worded({})) == (False, False)


KNOWN = {
    "landlord": {"user_number": "35900007090001"},
    "tenant": {"number": "1234567A"},
    "dwelling": {"reference": "L-0001"},
}
NAMED = {
    **{"declaration_id": "d1", "user_number": "35900007090001"},
    **{"tenant_number": "1234567A", "dwelling_ref": "L-0001"},
}


@pytest.mark.parametrize("name", NAMED)
def test_a_column_of_the_export_left_in_the_file_must_name_what_the_reference_names(name: str) -> None:
    assert of_another(NAMED, "d1", KNOWN) is None
    assert of_another({**NAMED, name: None}, "d1", KNOWN) is None
    assert of_another({**NAMED, name: "autre"}, "d1", KNOWN) == name


@pytest.mark.parametrize(
    ("answer", "reason_code", "label", "guidance", "way_on"),
    [
        ("rejected", "tenant_unknown", "Le locataire n’est pas reconnu", "appelez votre Caf", WayOn.CALL),
        ("rejected", "wrong_month", "Le loyer n’est pas celui de juillet", "du mois de juillet", WayOn.CORRECT),
        # Of an answer read before the list of reasons changed.
        ("rejected", "no_longer", "", "Suivez l’explication de la Caf", WayOn.CORRECT),
        ("rejected", None, "", "Suivez l’explication de la Caf", WayOn.CORRECT),
        ("information_requested", None, "", "Répondez à la Caf", WayOn.REPLY),
        ("information_requested", "wrong_month", "", "Répondez à la Caf", WayOn.REPLY),
        ("under_review", None, "", "Vous n’avez rien à faire", WayOn.NONE),
        ("integrated", None, "", "La Caf a pris cette déclaration en compte", WayOn.NONE),
    ],
)
def test_each_answer_says_one_thing_to_do(
    answer: str, reason_code: str | None, label: str, guidance: str, way_on: WayOn
) -> None:
    assert reasons.label(answer, reason_code) == label
    assert guidance in reasons.guidance(answer, reason_code)
    assert reasons.way_on(answer, reason_code) is way_on


SNAPSHOT: dict[str, Any] = {
    "landlord": {"user_number": "35900007090001"},
    "tenant": {"number": "1234567A"},
    "dwelling": {"reference": "=L-0001", "housing_type": "private"},
    "information": {
        **{"address": ["2 RUE GINA  PANE", "35000 RENNES"], "commune_insee": "35238", "furnished": True},
        **{"single_room": False, "lease_start": "2016-09-01"},
    },
    "situation": {
        **{"present": True, "left_on": None, "new_address": None, "co_tenants": 2},
        **{"rent_up_to_date": False, "arrears_amount": "650.00", "first_default_on": "2026-05-05"},
    },
    "rent": {
        **{"rent": "512.30", "charges": "38.00", "total": "550.30", "share": "whole"},
        **{"full_month": True, "furnished": False},
    },
    "confirmations": [{"code": "zero_rent", "reason": None}, {"code": "co_tenants_changed", "reason": "À deux"}],
    "corrected": [{"field": "furnished"}, {"field": "address"}],
}
VERSION = columns.Version(
    declaration_id="d1",
    version=2,
    supersedes=1,
    campaign_year=2026,
    reference=REFERENCE,
    sha256="9f86",
    transmitted_at=datetime(2026, 9, 2, 8, 15, tzinfo=UTC),
    late=False,
    channel="web",
    received_on=None,
    posted_on=None,
    reason="- Travaux\n faits",
    question=None,
    snapshot=SNAPSHOT,
)
WRITTEN = {
    **{"declaration_id": "d1", "version": "2", "supersedes": "1", "reference": REFERENCE, "campaign_year": "2026"},
    **{"user_number": "35900007090001", "tenant_number": "1234567A", "dwelling_ref": "'=L-0001"},
    **{"housing_type": "private", "address": "2 RUE GINA PANE|35000 RENNES", "commune_insee": "35238"},
    **{"furnished": "1", "single_room": "0", "lease_start": "2016-09-01", "corrected": "furnished|address"},
    **{"present": "1", "left_on": "", "new_address": "", "co_tenants": "2", "rent_up_to_date": "0"},
    **{"arrears_amount": "650.00", "first_default_on": "2026-05-05", "rent": "512.30", "charges": "38.00"},
    **{"total": "550.30", "share": "whole", "full_month": "1", "let_furnished": "0"},
    **{"confirmations": '{"co_tenants_changed": "À deux", "zero_rent": ""}', "channel": "web", "late": "0"},
    **{"transmitted_at": "2026-09-02T08:15:00Z", "reason": "'- Travaux faits", "question": "", "sha256": "9f86"},
    **{"received_on": "", "posted_on": ""},
}


@pytest.fixture
def _columns_made_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of declared fields are made when the module is first read: here, once more."""
    for name, column in columns._declared():
        monkeypatch.setitem(columns.COLUMNS, name, column)
    monkeypatch.setitem(
        columns.COLUMNS,
        "dwelling_ref",
        columns.Column(columns._words(columns._of("dwelling", "reference")), "", ""),
    )


@pytest.mark.usefixtures("_columns_made_now")
def test_a_version_is_written_column_by_column() -> None:
    assert dict(zip(columns.COLUMNS, columns.row(VERSION), strict=True)) == WRITTEN
    assert columns.row(VERSION, ["late", "version"]) == ["0", "2"]


def test_a_declared_field_is_exported_under_its_name_with_what_it_holds() -> None:
    made = dict(columns._declared())
    assert made == {name: replace(columns.COLUMNS[name], read=column.read) for name, column in made.items()}
    assert list(made)[4:7] == ["lease_start", "corrected", "present"]
    assert (made["let_furnished"].content, made["let_furnished"].example) == (
        "loué meublé en juillet, `0` (non) ou `1` (oui)",
        "0",
    )
    assert {column.since for column in made.values()} == {1}


@pytest.mark.usefixtures("_columns_made_now")
def test_a_new_address_is_written_on_one_line() -> None:
    moved = {**SNAPSHOT["situation"], "new_address": ["=3 RUE", "35000  RENNES"]}
    found = columns.row(replace(VERSION, snapshot={**SNAPSHOT, "situation": moved}), ["new_address", "dwelling_ref"])
    assert found == ["'=3 RUE|35000 RENNES", "'=L-0001"]


def test_what_nobody_confirmed_or_gave_is_empty() -> None:
    bare = replace(VERSION, reason=None, snapshot={**SNAPSHOT, "confirmations": [], "corrected": []})
    assert columns.row(bare, ["confirmations", "corrected", "reason"]) == ["", "", ""]


@pytest.mark.parametrize(("text", "written"), [("+1", "'+1"), ("@a", "'@a"), ("1=1", "1=1"), ("'a", "'a")])
def test_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(text: str, written: str) -> None:
    assert columns.row(replace(VERSION, question=text), ["question"]) == [written]


def test_totals_are_those_of_the_lines() -> None:
    totals = Totals()
    later = datetime(2026, 9, 3, tzinfo=UTC)
    for each in (
        VERSION,
        replace(VERSION, supersedes=None, question="?", late=True, channel="paper", transmitted_at=later),
        replace(VERSION, supersedes=None, channel="paper", transmitted_at=datetime(2026, 9, 1, tzinfo=UTC)),
    ):
        totals.add(each)
    assert totals.to_json() == {
        **{"lines": 3, "corrections": 1, "replies": 1, "late": 1, "rent": "1536.90", "charges": "114.00"},
        "channels": {"paper": 2, "web": 1},
    }
    assert list(totals.to_json()["channels"]) == ["paper", "web"]
    made = Made(Layout("f/1", ("version", "late")), "lot.csv", "ab", 42, totals)
    claimed = datetime(2026, 9, 4, 6, tzinfo=UTC)
    assert manifest.manifest(
        export_id="e1", caf_code="359", number=7, claimed_at=claimed, made=made, previous="cd"
    ) == {
        **{"format": "f/1", "export_id": "e1", "caf_code": "359", "batch": 7, "claimed_at": "2026-09-04T06:00:00Z"},
        "period": {"from": "2026-09-01T00:00:00Z", "to": "2026-09-03T00:00:00Z"},
        "totals": totals.to_json(),
        "files": [{"name": "lot.csv", "sha256": "ab", "bytes": 42, "lines": 3}],
        **{"columns": ["version", "late"], "previous_manifest_sha256": "cd"},
    }


def test_an_empty_batch_has_no_period() -> None:
    made = Made(Layout(), "lot.csv", "ab", 0, Totals())
    told = manifest.manifest(
        export_id="e1", caf_code="359", number=1, claimed_at=VERSION.transmitted_at, made=made, previous=None
    )
    assert (told["period"], told["previous_manifest_sha256"]) == ({"from": None, "to": None}, None)
    assert told["columns"] == list(columns.COLUMNS)


def test_a_batch_keeps_the_layout_that_its_manifest_names() -> None:
    assert manifest.layout({"format": "f/1", "columns": ["version"]}) == Layout("f/1", ("version",))
    assert manifest.layout(None) == Layout(columns.FORMAT, tuple(columns.COLUMNS))


def test_a_manifest_is_the_same_bytes_whatever_the_order_of_its_keys() -> None:
    written = manifest.to_bytes({"b": [1], "a": "é"})
    assert written == '{\n  "a": "é",\n  "b": [\n    1\n  ]\n}\n'.encode()
    assert json.loads(written) == {"a": "é", "b": [1]}
    assert manifest.sha256(b"abc").startswith("ba7816bf8f01cfea")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("6", {"359": 6, "220": 6}),
        (" 6 , 359=20 ,", {"359": 20, "220": 6}),
        ("359=20", {"359": 20, "220": None}),
        ("06,220=23", {"359": 6, "220": 23}),
        ("", {"359": None}),
    ],
)
def test_hours_of_export_are_one_for_all_and_one_for_some(text: str, hours: dict[str, int | None]) -> None:
    read = schedule.read(text)
    assert {caf: read.of(caf) for caf in hours} == hours


@pytest.mark.parametrize("text", ["24", "6,359=", "35=6", "6;7"])
def test_hours_that_are_none_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.split(",")[-1]):
        schedule.read(text)


def test_a_batch_says_why_it_does_not_take_a_receipt() -> None:
    with pytest.raises(Conflict) as refused:
        states.advance(states.Status.PLANNED, states.Trigger.ACKNOWLEDGE)
    assert refused.value.detail == "Un lot à l’état « En préparation » ne le permet pas."


def test_a_report_that_is_settled_says_where_it_stands() -> None:
    with pytest.raises(Conflict) as refused:
        reports.advance(State.REFUSED, Trigger.TAKE)
    assert refused.value.detail == "Ce signalement est à l’état « Refusé » : cette action n’est plus possible."


@pytest.mark.parametrize("answer", ["", "  "])
def test_a_report_is_refused_with_an_explanation_only(answer: str) -> None:
    with pytest.raises(Invalid) as refused:
        reports.advance(State.RECEIVED, Trigger.REFUSE, answer)
    assert refused.value.errors == (
        FieldError(
            pointer="/answer",
            code="required",
            detail="Expliquez au bailleur pourquoi son signalement est refusé.",
            rule="un texte de 1 à 1000 caractères",
            example="Ce locataire n’est pas allocataire dans notre département",
        ),
    )
    # To take or accept it, nothing needs to be explained.
    assert reports.advance(State.RECEIVED, Trigger.TAKE) is State.IN_PROGRESS
    assert reports.advance(State.IN_PROGRESS, Trigger.ACCEPT, answer) is State.ACCEPTED
    assert reports.advance(State.IN_PROGRESS, Trigger.REFUSE, "Inconnu") is State.REFUSED


def test_a_missing_tenant_is_a_name_an_address_and_a_commune() -> None:
    given = {"tenant_last_name": " DEUJOURS ", "address": ["2 RUE GINA PANE"], "commune_insee": "rennes"}
    read = {"tenant_last_name": "DEUJOURS", "address": ("2 RUE GINA PANE",), "commune_insee": "35238"}
    assert reports.missing_tenant({**given, "tenant_first_name": " Adam "}) == {**read, "tenant_first_name": "Adam"}
    assert reports.missing_tenant(given) == {**read, "tenant_first_name": ""}
    assert reports.missing_tenant({**given, "tenant_first_name": None}) == {**read, "tenant_first_name": ""}


def test_a_missing_tenant_is_refused_with_every_error() -> None:
    with pytest.raises(Invalid) as refused:
        reports.missing_tenant({"address": ["2 RUE GINA PANE"], "commune_insee": "35000"})
    assert [error.pointer for error in refused.value.errors] == ["/tenant/tenant_last_name", "/tenant/commune_insee"]


def test_two_reports_of_the_same_thing_are_alike_whatever_their_spelling() -> None:
    one = reports.likeness(Kind.MISSING_TENANT, "DE L’ÉCLUSE", "2 rue Gina-Pane")
    assert one == reports.likeness(Kind.MISSING_TENANT, "de l'ecluse", "2 RUE GINA PANE")
    assert one != reports.likeness(Kind.NO_LONGER_MINE, "DE L’ÉCLUSE", "2 rue Gina-Pane")
    # Kept in a unique index: a changed way of writing would let the same report in twice.
    assert reports.likeness(Kind.NO_LONGER_MINE, "a", "b") != reports.likeness(Kind.NO_LONGER_MINE, "ab")
    assert len(one) == 64


def test_days_of_paper_are_written_as_days() -> None:
    on_paper = replace(VERSION, received_on=date(2026, 9, 1), posted_on=date(2026, 8, 31))
    assert columns.row(on_paper, ["received_on", "posted_on"]) == ["2026-09-01", "2026-08-31"]
