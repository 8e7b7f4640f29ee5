import pytest
from webui.testing import page_checks

GOOD = '<html lang="fr"><head><title>Aide – Espace</title></head><body><main><h1>Aide</h1>{}</main></body></html>'


def test_a_sound_page_has_no_fault() -> None:
    assert page_checks(GOOD.format("<p>Bonjour\u00a0!</p>")) == []


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        ("<h1>Deux</h1>", "2 <h1>"),
        ('<p id="a"></p><p id="a"></p>', "id a appears 2 times"),
        ('<input name="rent">', "no label for the field rent"),
        ("<form method=post action=/a><button>Oui</button></form>", "no csrf_token"),
        ("<form method=get><button>Oui</button></form>", "a form without action"),
        ('<a href="/a"></a>', "a link without words"),
        ('<a href="#b">b</a>', "#b is not on the page"),
        ('<img src="/a.png">', "no alt"),
        ("<table><tr><th>A</th></tr></table>", "no scope"),
        ('<p style="color:red">a</p>', "inline style"),
        ("<script>1</script>", "an inline script"),
        ('<p onclick="x">a</p>', "onclick"),
        ('<script src="https://cdn.example/a.js"></script>', "comes from elsewhere"),
        ('<p class="govuk-error-message">Non</p>', "without the summary"),
        ('<p class="govuk-error-summary">Non</p>', "the title does not start"),
        ("<p>Bonjour !</p>", "no-break space"),
        ("<p>l'aide</p>", "apostrophe"),
    ],
)
def test_each_fault_is_seen(piece: str, fault: str) -> None:
    assert any(fault in found for found in page_checks(GOOD.format(piece)))


def test_a_missing_language_or_title_is_seen() -> None:
    assert len(page_checks("<html><body><main><h1>A</h1></main></body></html>")) == 2
