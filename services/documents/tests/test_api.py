"""Who may not comes first."""

from datetime import UTC, datetime
from typing import Any

import pytest
from chassis import ids
from documents import retention
from documents.models import DeclarationDocument
from documents.rendering import pango
from documents_world import REFERENCE
from sqlalchemy import update

PATHS = ("/documents/{id}", "/documents/{id}/content")
OUTSIDE = {
    "no right at all": (),
    "the other type": (("conventioned", "35"),),
    "another département": (("private", "22"),),
    "another commune": (("private", "35047"),),
}
INSIDE = {"département": ("private", "35"), "commune": ("private", "35238"), "country": ("private", "FR")}


@pytest.fixture
def receipt(world: Any) -> str:
    world.transmit()
    return str(world.document_id())


@pytest.mark.parametrize("path", [*PATHS, "/documents?declaration={id}"])
def test_nobody_reads_a_document_without_a_token(world: Any, receipt: str, path: str) -> None:
    assert world.get(path.format(id=receipt)).status_code == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scopes", OUTSIDE.values(), ids=OUTSIDE)
def test_outside_the_perimeter_a_document_answers_as_one_that_does_not_exist(
    world: Any, receipt: str, path: str, scopes: Any
) -> None:
    headers = world.landlord(*scopes)
    foreign, unknown = (world.get(path.format(id=one), headers) for one in (receipt, ids.new_id()))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()


def test_the_same_perimeter_in_another_organisation_shows_nothing(world: Any, receipt: str) -> None:
    stranger = world.landlord(("private", "FR"), org=ids.new_id())
    assert world.get(f"/documents/{receipt}", stranger).status_code == 404
    assert world.get(f"/documents?declaration={world.declaration_id}", stranger).json()["items"] == []


def test_the_list_says_when_no_document_can_be_made(world: Any, receipt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def delayed() -> Any:
        return world.get(f"/documents?declaration={world.declaration_id}", world.landlord(("private", "35"))).json()

    assert delayed()["delayed"] is False
    monkeypatch.setattr(pango, "LIBRARIES", (("libnothing.so.0",),))
    assert (delayed()["delayed"], [each["id"] for each in delayed()["items"]]) == (True, [receipt])


def test_a_right_withdrawn_or_an_account_stopped_sees_no_more_at_once(world: Any, receipt: str) -> None:
    account_id = ids.new_id()
    headers = world.harness.headers(sub=account_id)
    world.grant(account_id, ("private", "35"), version=1)
    assert world.get(f"/documents/{receipt}/content", headers).status_code == 200
    world.grant(account_id, version=2)
    assert world.get(f"/documents/{receipt}/content", headers).status_code == 404
    world.grant(account_id, ("private", "35"), version=3, active=False)
    # Whoever was stopped gets one answer to everything, which tells nothing of what there is.
    for wanted in (receipt, ids.new_id()):
        assert world.get(f"/documents/{wanted}/content", headers).json()["type"].endswith(":account-closed")


def test_an_older_word_on_rights_arriving_late_gives_nothing_back(world: Any, receipt: str) -> None:
    account_id = ids.new_id()
    world.grant(account_id, version=2)
    world.grant(account_id, ("private", "35"), version=1)
    assert world.get(f"/documents/{receipt}", world.harness.headers(sub=account_id)).status_code == 404


@pytest.mark.parametrize(("kind", "status"), [("service", 401), ("landlord", 404)])
def test_who_is_neither_entitled_nor_an_agent_sees_nothing(world: Any, receipt: str, kind: str, status: int) -> None:
    headers = world.harness.headers(kind=kind, caf="359", supervisor=True)
    assert world.get(f"/documents/{receipt}", headers).status_code == status


def test_an_agent_sees_the_receipts_of_their_caf_only(world: Any, receipt: str) -> None:
    answers = {
        caf: world.get(f"/documents/{receipt}/content", world.harness.headers(kind="agent", caf=caf)).status_code
        for caf in ("220", "359")
    }
    assert answers == {"220": 404, "359": 200}
    supervisor = world.harness.headers(kind="agent", caf="220", supervisor=True)
    assert world.get(f"/documents/{receipt}", supervisor).status_code == 200


@pytest.mark.parametrize("scope", INSIDE.values(), ids=INSIDE)
def test_inside_the_perimeter_the_receipt_is_listed_shown_and_downloaded(
    world: Any, receipt: str, scope: tuple[str, str]
) -> None:
    headers = world.landlord(scope)
    listed = world.get(f"/documents?declaration={world.declaration_id}", headers).json()["items"]
    assert [one["id"] for one in listed] == [receipt]
    assert world.get(f"/documents/{receipt}", headers).json() == listed[0]
    assert world.get(f"/documents/{receipt}/content", headers).content.startswith(b"%PDF-")


def test_a_download_is_never_kept_guessed_or_indexed_and_has_a_french_name(world: Any, receipt: str) -> None:
    answer = world.get(f"/documents/{receipt}/content", world.landlord(("private", "35")))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in answer.headers["x-robots-tag"]
    named = answer.headers["content-disposition"]
    assert f"filename*=UTF-8''R%C3%A9capitulatif%20loyer%20juillet%202026%20-%20{REFERENCE}.pdf" in named
    assert "DEUJOURS" not in named


def test_a_purged_receipt_answers_gone_to_who_could_see_it_and_not_found_to_others(world: Any, receipt: str) -> None:
    with world.harness.transaction() as session:
        session.execute(update(DeclarationDocument).values(kept_until=datetime(2020, 1, 1, tzinfo=UTC)))
    retention.purge(world.harness.runtime)
    inside, outside = world.landlord(("private", "35")), world.landlord(("private", "22"))
    assert world.get(f"/documents/{receipt}/content", inside).status_code == 410
    assert world.get(f"/documents/{receipt}/content", outside).status_code == 404
    assert world.get(f"/documents/{receipt}", inside).json()["available"] is False


@pytest.mark.parametrize("path", ["/documents/not-an-id", "/documents?declaration=1", "/documents"])
def test_an_unreadable_identifier_is_named(world: Any, path: str) -> None:
    answer = world.get(path, world.landlord())
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] in ("/path/document_id", "/query/declaration")


def test_the_public_check_shows_day_number_and_hash_and_nothing_personal(world: Any) -> None:
    data = world.transmit()
    answer = world.get(f"/verifications/{REFERENCE}")
    assert answer.status_code == 200
    # 22:30 UTC on the 15th is the 16th in Paris.
    assert answer.json() == {
        "reference": REFERENCE,
        "received_on": "2026-07-16",
        "declarations": 1,
        "sha256": data["sha256"],
        "superseded": False,
    }


def test_the_public_check_says_when_a_receipt_is_superseded(world: Any, receipt: str) -> None:
    world.supersede()
    assert world.get(f"/verifications/{REFERENCE}").json()["superseded"] is True


@pytest.mark.parametrize(("reference", "status"), [("R26-0000-0000-0000-0000", 404), ("R26-UUUU-0000-0000-0000", 400)])
def test_an_unknown_reference_is_not_found_and_an_impossible_one_is_refused(
    world: Any, receipt: str, reference: str, status: int
) -> None:
    assert world.get(f"/verifications/{reference}").status_code == status
