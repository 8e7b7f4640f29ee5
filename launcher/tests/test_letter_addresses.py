"""From a line of the registry to the envelope: what waits for an address leaves by itself once the Caf corrects it."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from chassis.storage import Storage
from chassis.testing.plugin import HarnessFactory
from connected_services import Connected
from notification.sealed_files import open_pdf
from pypdf import PdfReader
from test_registry_takeover import PERSON, hand_over

BY_LETTER = {**PERSON, "email": "", "last_name": "L'HÉRITIER-NOËL"}
LETTERS = {"login", "provisional_password"}


@pytest.fixture
def product(harness: HarnessFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    return Connected(harness, tmp_path, monkeypatch, datetime.now(UTC), unreliable=False)


def states(product: Connected) -> dict[str, tuple[str, str]]:
    rows = product.harnesses["notification"].rows("message")
    return {row["template"]: (row["state"], row["caf_code"]) for row in rows}


def envelopes(product: Connected) -> set[str]:
    """The text of the letters composed, in clear."""
    runtime = product.harnesses["notification"].runtime
    stored = Storage(runtime.settings.exchange_url)
    keys = [row["storage_key"] for row in product.harnesses["notification"].rows("message") if row["storage_key"]]
    pdfs = [PdfReader(BytesIO(open_pdf(runtime.settings, stored.get(key)))) for key in keys]
    return {pdf.pages[0].extract_text() for pdf in pdfs}


def test_what_waited_for_an_address_leaves_once_the_caf_corrects_its_file(product: Connected) -> None:
    done = hand_over(product, "359", {**BY_LETTER, "landlord_address": "LE BOURG|RENNES"})
    assert (done["lines_good"], done["lines_bad"]) == (1, 0)
    assert states(product) == dict.fromkeys(LETTERS, ("address_refused", "359"))
    hand_over(product, "359", {**BY_LETTER, "landlord_address": "LE BOURG|35000 RENNES"})
    assert states(product) == dict.fromkeys(LETTERS, ("composed", "359"))
    for text in envelopes(product):
        assert "35000 RENNES" in text


@pytest.mark.parametrize(
    ("address", "printed", "abroad"),
    [
        ("MR SMITH|12 HIGH STREET|LONDON SW1A 1AA|ROYAUME UNI", ["LONDON SW1A 1AA", "ROYAUME UNI"], True),
        ("MME DUPONT|RUE HAUTE 12|1000 BRUXELLES|BELGIQUE", ["1000 BRUXELLES", "BELGIQUE"], True),
        (
            "MAELYS L HERITIER NOEL|CHEZ MME DURAND|RES LES LILAS BAT C|12 RUE DE LA POSTE|BP 12|35000 RENNES",
            ["MAELYS L HERITIER NOEL", "CHEZ MME DURAND", "35000 RENNES"],
            False,
        ),
        (
            "CHEZ MME DURAND|RES LES LILAS BAT C|ESC 4 ETAGE 3|12 RUE DE LA POSTE|BP 12|35000 RENNES",
            ["CHEZ MME DURAND", "ESC 4 ETAGE 3", "35000 RENNES"],
            False,
        ),
    ],
)
def test_the_lines_of_the_caf_are_printed_on_the_letter(
    product: Connected, address: str, printed: list[str], abroad: bool
) -> None:
    hand_over(product, "359", {**BY_LETTER, "landlord_address": address})
    assert states(product) == dict.fromkeys(LETTERS, ("composed", "359"))
    assert {row["abroad"] for row in product.harnesses["notification"].rows("message")} == {abroad}
    for text in envelopes(product):
        for line in printed:
            assert line in text
