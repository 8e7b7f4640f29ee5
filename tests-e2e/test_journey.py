"""The demonstration that `bailleurs demo` plays, step by step, and what it leaves."""

import io
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
import zxingcpp
from launcher.demo import journey
from launcher.demo.credentials import Credentials
from launcher.demo.screen import Screen
from rich.console import Console
from support.product import Product


def played(product: Product, agent: Credentials, output: Path) -> tuple[int, str]:
    """Exit code, and all that was shown."""
    shown = io.StringIO()
    screen = Screen(Console(file=shown, width=200, highlight=False))
    code = journey.run(product.url, product.mailbox(), agent, output, screen=screen)
    return code, shown.getvalue()


def qr_codes(pdf: Path) -> list[str]:
    """What the codes printed on the pages say."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pictures = [page.render(scale=4).to_pil() for page in document]
    finally:
        document.close()
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.timeout(600)
def test_the_whole_journey_goes_from_the_registry_to_the_receipt(product: Product, tmp_path: Path) -> None:
    code, shown = played(product, product.new_agent(), tmp_path)
    assert code == 0, shown
    receipts = list(tmp_path.glob("recapitulatif-*.pdf"))
    assert len(receipts) == 3
    for receipt in receipts:
        reference = receipt.stem.removeprefix("recapitulatif-")
        assert qr_codes(receipt) == [f"{product.url}/v/{reference}"]


def test_a_step_that_fails_is_named_with_what_was_expected_and_what_came(product: Product, tmp_path: Path) -> None:
    wrong = "AAAA-AAAA-AAAA-AAAA-AAAA"
    code, shown = played(product, Credentials("AGENT-NOBODY", wrong, "999"), tmp_path)
    assert code == 1
    assert "✘  1. L’agent se connecte pour la première fois" in shown
    assert "attendu : la page /compte/premiere-connexion/informations" in shown
    assert "obtenu  : /compte/connexion (422)" in shown
    assert wrong not in shown
    assert list(tmp_path.iterdir()) == []
