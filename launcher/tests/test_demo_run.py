"""How a journey is shown, how it waits, how it fails, and what `bailleurs demo` is told."""

import io
import re
import time

import httpx
import pytest
from launcher.demo import command
from launcher.demo.failures import StepFailed
from launcher.demo.screen import Screen
from launcher.demo.waiting import wait_for
from launcher.demo.web.site import Patient, Site
from rich.console import Console


def screen() -> tuple[Screen, io.StringIO]:
    shown = io.StringIO()
    return Screen(Console(file=shown, width=120, highlight=False)), shown


def test_a_step_shows_its_title_its_time_and_what_it_found() -> None:
    made, shown = screen()
    with made.step("Le registre est importé") as told:
        told.progress("12 lignes")
        told.say("304 lignes")
    assert re.search(r"✔  1\. Le registre est importé \(\d\.\d s\)", shown.getvalue())
    assert "304 lignes" in shown.getvalue()


def test_a_failed_step_shows_what_was_expected_and_what_came() -> None:
    made, shown = screen()
    with pytest.raises(StepFailed), made.step("Le récapitulatif [PDF]"):
        raise StepFailed("un fichier PDF", "text/html")
    text = shown.getvalue()
    assert "✘  1. Le récapitulatif [PDF]" in text
    assert "attendu : un fichier PDF" in text
    assert "obtenu  : text/html" in text


def test_waiting_ends_with_the_first_answer() -> None:
    answers = iter([None, None, "here"])
    assert wait_for("something", lambda: next(answers), every=0.001) == "here"


def test_waiting_is_bounded_and_says_for_what() -> None:
    started = time.monotonic()
    with pytest.raises(StepFailed, match="le récapitulatif ; obtenu : rien de tel"):
        wait_for("le récapitulatif", lambda: None, seconds=0.05, every=0.01)
    assert time.monotonic() - started < 5


class Restarting(httpx.BaseTransport):
    """A process that is away for the first requests."""

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome)


def patient(seconds: float, *outcomes: int | Exception) -> Patient:
    transport = Patient(seconds)
    transport._wire.close()
    transport._wire = Restarting(*outcomes)  # type: ignore[assignment]
    return transport


def test_a_patient_site_asks_again_while_a_process_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    client = httpx.Client(transport=patient(60, httpx.ConnectError("away"), 503, 200))
    assert client.get("http://x/").status_code == 200


def test_a_refusal_is_never_asked_again() -> None:
    client = httpx.Client(transport=patient(60, 422, 200))
    assert client.get("http://x/").status_code == 422


@pytest.mark.parametrize("outcome", [httpx.ConnectError("away"), 503])
def test_without_patience_what_is_away_stays_away(outcome: int | Exception) -> None:
    client = httpx.Client(transport=patient(0, outcome, 200))
    if isinstance(outcome, int):
        assert client.get("http://x/").status_code == outcome
    else:
        with pytest.raises(httpx.ConnectError):
            client.get("http://x/")


def test_closing_a_site_closes_what_it_opened() -> None:
    site = Site("http://localhost:1")
    client = site.client()
    site.close()
    assert client.is_closed


def test_an_agent_is_given_as_login_and_password() -> None:
    assert command.given("AGENT-7KQ2:ABCD-EFGH", "359").login == "AGENT-7KQ2"
    with pytest.raises(ValueError, match="IDENTIFIANT:MOT-DE-PASSE"):
        command.given("AGENT-7KQ2", "359")


def test_spare_caf_codes_have_three_digits_and_differ_within_a_run() -> None:
    codes = {command.spare_caf_code(rank) for rank in range(50)}
    assert len(codes) > 48
    assert all(len(code) == 3 and code.isdigit() for code in codes)
