"""Reading pages as a browser without JavaScript does."""

import httpx
import pytest
from launcher.demo.failures import StepFailed, answered
from launcher.demo.web.browser import Page, on
from launcher.demo.web.forms import read_page

PAGE = """
<h1>Vos <em>informations</em></h1>
<form action="/deconnexion"><input type="hidden" name="csrf_token" value="out"><button>Se déconnecter</button></form>
<form method="post" action="/suite">
  <input type="hidden" name="csrf_token" value="in">
  <input name="last_name" value="RIOU"><input type="radio" name="civility" value="Mme">
  <input type="radio" name="civility" value="M." checked><input type="checkbox" name="accepted" value="y">
  <textarea name="address"></textarea><input type="file" name="file"><button name="go">Continuer</button>
  <p class="govuk-error-message"><span>Erreur :</span> Saisissez votre <b>nom</b><br>complet.</p>
</form>
"""


def page(html: str = PAGE, status: int = 200) -> Page:
    return Page("http://localhost/ici", status, html)


def test_a_form_sends_what_a_browser_would_send_untouched() -> None:
    assert page().form_with("last_name").fields == {
        "csrf_token": "in",
        "last_name": "RIOU",
        "civility": "M.",
        "address": "",
    }


def test_the_form_is_chosen_by_its_fields_and_never_signs_out() -> None:
    assert page().form_with("accepted").action == "/suite"
    with pytest.raises(StepFailed, match="un formulaire avec password"):
        page().form_with("password")


def test_what_the_page_says_is_wrong_is_read_with_its_title() -> None:
    read = read_page(PAGE)
    assert " ".join(read.errors[0].split()) == "Erreur : Saisissez votre nomcomplet."
    assert len(read.errors) == 1
    assert page(status=422).described == "/ici (422) Vos informations Erreur : Saisissez votre nomcomplet."


@pytest.mark.parametrize(("path", "status"), [("/ailleurs", 200), ("/ici", 422)])
def test_another_page_or_a_refusal_stops_the_step(path: str, status: int) -> None:
    with pytest.raises(StepFailed, match="la page"):
        on(page(status=status), path)


def test_an_unexpected_answer_is_told_with_the_problem_it_explains() -> None:
    problem = {"title": "À corriger", "errors": [{"pointer": "/rent", "detail": "Ce montant n’est pas lisible."}]}
    answer = httpx.Response(422, json=problem, request=httpx.Request("PUT", "http://x/api/declaration/v1/d"))
    with pytest.raises(StepFailed) as failure:
        answered(answer, 200)
    assert failure.value.expected == "PUT /api/declaration/v1/d répond 200"
    assert failure.value.got == "422 À corriger ; /rent Ce montant n’est pas lisible."
