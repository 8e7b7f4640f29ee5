"""Files sent back and lots transmitted, in the pages."""

import io
import json
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from portal_stand_ins import FakeServices, SignIn, contract, example, pdf, problem
from webui.testing import page_checks, parse

AT = "/api/declaration/v1"
FILE = "01973f50-0000-7000-8000-0000000000f1"
LOT = "01973f50-0000-7000-8000-0000000000c1"
PAGES = ("/declarer/fichier", f"/declarer/fichier/{FILE}", "/declarer/lots", f"/declarer/lots/{LOT}")


def of(schema: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps(contract("declaration")["components"]["schemas"][schema]["examples"][0])
    )
    return {**found, **more}


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


@pytest.fixture
def landlord(sign_in: SignIn, services: FakeServices) -> FlaskClient:
    services.on("GET", f"{AT}/declaration-imports", page(of("DeclarationImport")))
    services.on("GET", f"{AT}/declaration-imports/{FILE}", of("DeclarationImport"))
    report = example("declaration", "/declaration-imports/{import_id}/errors", "get")
    services.on("GET", f"{AT}/declaration-imports/{FILE}/errors", report)
    services.on("POST", f"{AT}/declaration-imports", of("DeclarationImport"))
    services.on("POST", f"{AT}/declaration-imports/{FILE}/application", of("DeclarationImport", status="applying"))
    services.on("GET", f"{AT}/transmissions", page(of("Lot")))
    services.on("POST", f"{AT}/transmissions", of("Lot"))
    services.on("GET", f"{AT}/transmissions/{LOT}", of("Lot"))
    services.on("GET", f"{AT}/transmissions/{LOT}/lines", page(of("LotLine")))
    return sign_in()


def send(browser: FlaskClient, path: str, to: str = "", **typed: Any) -> Any:
    found = parse(browser.get(path).text)
    kept = {e.get("name"): e.get("value") for e in found if e.get("type") == "hidden" and e.inside("main")}
    return browser.post(to or path, data={**kept, **typed})


@pytest.mark.parametrize("path", PAGES)
def test_an_agent_has_none_of_these_pages(sign_in: SignIn, path: str) -> None:
    assert sign_in(kind="agent", caf="359").get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_each_page_keeps_the_rules_of_accessibility(landlord: FlaskClient, path: str) -> None:
    answer = landlord.get(path)
    assert (answer.status_code, page_checks(answer.text)) == (200, [])


@pytest.mark.parametrize("status", ["received", "checking", "checked", "applying", "applied", "refused"])
def test_a_file_is_shown_at_each_stage_and_applied_only_when_checked(
    landlord: FlaskClient, services: FakeServices, status: str
) -> None:
    refusal = "Ce fichier n’est ni un classeur Excel (XLSX) ni un CSV." if status == "refused" else None
    services.on("GET", f"{AT}/declaration-imports/{FILE}", of("DeclarationImport", status=status, refusal=refusal))
    text = landlord.get(PAGES[1]).text
    assert page_checks(text) == []
    assert ("Appliquer les lignes valides" in text) == (status == "checked")
    assert ("Actualiser l’avancement" in text) == (status in ("received", "checking", "applying"))
    assert "12,345" in text


def test_the_template_follows_the_filters_of_the_list(landlord: FlaskClient, services: FakeServices) -> None:
    made = httpx.Response(200, content=b"PK", headers={"Content-Type": "application/vnd.ms-excel"})
    services.on("GET", f"{AT}/declaration-template", made)
    answer = landlord.get("/declarer/fichier/modele.xlsx?zone=35&status=draft")
    call = next(call for call in services.calls if call.url.path.endswith("declaration-template"))
    assert dict(call.url.params) == {"format": "xlsx", "zone": "35"}
    assert answer.headers["Content-Disposition"] == 'attachment; filename="loyers-juillet.xlsx"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_filled_file_is_handed_on_and_leads_to_its_report(landlord: FlaskClient, services: FakeServices) -> None:
    answer = send(landlord, PAGES[0], file=(io.BytesIO(b"Rep;Loyer"), "loyers.csv"))
    assert answer.headers["Location"] == PAGES[1]
    assert b"Rep;Loyer" in next(call for call in services.calls if call.method == "POST").content
    nothing = send(landlord, PAGES[0])
    assert (nothing.status_code, page_checks(nothing.text)) == (422, [])


def test_applying_is_asked_once_by_its_button_alone(landlord: FlaskClient, services: FakeServices) -> None:
    answer = send(landlord, PAGES[1], f"{PAGES[1]}/application")
    assert answer.headers["Location"] == PAGES[1]
    assert len(services.sent("POST", f"{AT}/declaration-imports/{FILE}/application")) == 1
    assert landlord.get(f"{PAGES[1]}/application").status_code == 405


def test_a_lot_takes_the_filters_and_a_key_and_leads_to_its_progress(
    landlord: FlaskClient, services: FakeServices
) -> None:
    answer = send(landlord, "/declarer/lots?zone=35&campaign=2026")
    assert answer.headers["Location"] == PAGES[3]
    assert services.sent("POST", f"{AT}/transmissions") == [{"filters": {"zone": "35", "campaign": 2026}}]
    call = next(call for call in services.calls if call.method == "POST")
    assert len(call.headers["Idempotency-Key"]) == 36


def test_a_lot_refused_says_why(landlord: FlaskClient, services: FakeServices) -> None:
    services.on("POST", f"{AT}/transmissions", problem(409, detail="Aucune déclaration commencée n’est à transmettre."))
    answer = send(landlord, PAGES[2])
    assert answer.status_code == 422
    assert "Aucune déclaration commencée" in answer.text


def test_a_lot_that_is_over_offers_its_receipt_once_it_is_made(landlord: FlaskClient, services: FakeServices) -> None:
    services.on("GET", f"{AT}/transmissions/{LOT}", of("Lot", status="done", waiting=0))
    assert "en cours de préparation" in landlord.get(PAGES[3]).text
    services.on("GET", f"/api/documents/v1/lots/{LOT}", {"available": True})
    services.on("GET", f"/api/documents/v1/lots/{LOT}/content", pdf())
    text = landlord.get(PAGES[3]).text
    assert page_checks(text) == []
    assert f"{PAGES[3]}/recapitulatif.pdf" in text
    assert landlord.get(f"{PAGES[3]}/recapitulatif.pdf").data.startswith(b"%PDF")
