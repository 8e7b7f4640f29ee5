"""Letters: the window shows the address and nothing else, and each secret travels alone."""

from collections.abc import Callable

import pdf_reading as read
import pytest
from documents.rendering.address import UnprintableAddress, window_lines
from documents.rendering.letters import LETTERS, MOST_TENANTS, Letter, TooManyTenants, UnknownTemplate, render_letter
from documents_world import Data

BuildLetter = Callable[..., Letter]

LEFT, TOP, RIGHT, BOTTOM = 110.0, 55.0, 195.0, 88.0


def in_window(pdf: bytes) -> list[tuple[float, float, float, float, str]]:
    return [box for box in read.boxes(pdf) if box[0] < RIGHT and box[2] > LEFT and box[1] < BOTTOM and box[3] > TOP]


def inside(shown: list[tuple[float, float, float, float, str]]) -> bool:
    return all(box[0] >= LEFT and box[2] <= RIGHT and box[1] >= TOP and box[3] <= BOTTOM for box in shown)


@pytest.mark.parametrize("template", sorted(LETTERS))
def test_every_letter_meets_pdf_ua_1_and_pdf_a_3a_and_is_the_same_twice(template: str, letter: BuildLetter) -> None:
    rendered = render_letter(letter(template))
    assert read.unmet(rendered.pdf) == []
    assert render_letter(letter(template)) == rendered


@pytest.mark.parametrize("template", sorted(LETTERS))
def test_the_window_shows_the_whole_address_and_nothing_else(template: str, letter: BuildLetter) -> None:
    shown = in_window(render_letter(letter(template)).pdf)
    assert [box[4].strip() for box in shown] == [
        "SCI Les Tilleuls", "BÂTIMENT B", "12 RUE DE LA CALENDE", "76000 ROUEN",
    ]  # fmt: skip
    assert inside(shown)


def test_six_lines_of_the_widest_letter_still_fit_the_window(letter: BuildLetter) -> None:
    widest = {"name": "W" * 38, "address": ["M" + "W" * 37] * 5}
    shown = in_window(render_letter(letter("login", recipient=widest)).pdf)
    assert len({round(box[3]) for box in shown}) == 6
    assert inside(shown)


def test_a_name_repeated_on_top_of_the_address_is_printed_once() -> None:
    lines = window_lines("Caf d’Ille-et-Vilaine", ["CAF D ILLE ET VILAINE", "Cours des Alliés", "35028 Rennes"])
    assert lines == ["CAF D’ILLE-ET-VILAINE", "COURS DES ALLIÉS", "35028 RENNES"]


@pytest.mark.parametrize(
    ("address", "code"),
    [(["1 RUE A"] * 6, "too_many_lines"), (["X" * 39], "line_too_long"), ([], "too_short"), (["  "], "too_short")],
)
def test_an_address_that_does_not_fit_is_refused_with_its_reason(address: list[str], code: str) -> None:
    with pytest.raises(UnprintableAddress) as refusal:
        window_lines("SCI LES TILLEULS", address)
    assert refusal.value.code == code


def test_login_and_password_never_share_an_envelope(letter: BuildLetter) -> None:
    login = read.words(render_letter(letter("login")).pdf)
    password = read.words(render_letter(letter("provisional_password")).pdf)
    assert "BX7K-2M4Q" in login
    assert "kR7m-Wp3x-Hq9t-Zd4b" not in login
    assert "kR7m-Wp3x-Hq9t-Zd4b" in password
    assert "BX7K-2M4Q" not in password


def test_the_secret_is_not_in_what_a_log_would_show(letter: BuildLetter) -> None:
    assert "kR7m-Wp3x-Hq9t-Zd4b" not in repr(letter("provisional_password"))


def test_the_password_letter_says_until_when_it_works(letter: BuildLetter) -> None:
    assert "une seule fois, jusqu’au 4 août 2026" in read.words(render_letter(letter("provisional_password")).pdf)


def test_the_july_letter_carries_what_the_guide_shows(letter: BuildLetter) -> None:
    text = read.words(render_letter(letter("july")).pdf)
    for expected in (
        "Notre référence : B89", "Pour nous appeler : 32 30", "Numéro utilisateur : 359 00007090001",
        "Numéro d’allocataire : 1234567A", "Le 15 juillet 2026", "à partir du 1er janvier 2027 de DEUJOURS Adam",
        "2 RUE GINA PANE 35000 RENNES", "muni de votre identifiant et de votre mot de passe", "30 septembre 2026",
        "Attestation de loyer", "Signature et cachet",
    ):  # fmt: skip
        assert expected in text, expected


@pytest.mark.parametrize("template", ["login", "provisional_password", "july", "reminder", "receipt", "answered"])
@pytest.mark.parametrize("name", ["SINGH", "M. NG", "Mme D’", "O’BRIEN-LE-GALL"])
def test_who_has_one_name_only_is_written_to_by_it_once(template: str, name: str, letter: BuildLetter) -> None:
    recipient = {"name": name, "address": ["2 RUE GINA PANE", "35000 RENNES"]}
    rendered = render_letter(letter(template, recipient=recipient))
    shown = [box[4] for box in in_window(rendered.pdf)]
    assert " ".join(shown).startswith(f"{name.upper()} 2 RUE GINA PANE")
    assert not [word for word in ("None", "null") if word in read.words(rendered.pdf)]


@pytest.mark.parametrize("first_name", ["", None])
def test_a_tenant_with_one_name_only_is_on_the_july_letter_by_it_alone(first_name: str, letter: BuildLetter) -> None:
    tenant = {**letter("july").variables["tenants"][0], "first_name": first_name}
    text = read.words(render_letter(letter("july", variables={"tenants": [tenant]})).pdf)
    assert "à partir du 1er janvier 2027 de DEUJOURS 2 RUE GINA PANE" in text
    assert "None" not in text


@pytest.mark.parametrize("tenants", [1, 2, 12])
def test_the_july_letter_has_one_attestation_page_per_tenant(tenants: int, letter: BuildLetter) -> None:
    numbers = [f"{number:07d}A" for number in range(tenants)]
    people = [
        {"number": number, "last_name": "NOM", "first_name": number[:7], "address": ["35000 RENNES"]}
        for number in numbers
    ]
    rendered = render_letter(letter("july", variables={"tenants": people}))
    assert rendered.pages == 1 + tenants
    text = read.words(rendered.pdf)
    assert [number for number in numbers if number not in text] == []


def test_a_july_letter_after_a_lost_e_mail_knows_no_tenant_and_says_how_to_get_the_form(letter: BuildLetter) -> None:
    rendered = render_letter(letter("july", variables={"tenants": []}))
    assert rendered.pages == 1
    assert "Demandez à votre Caf l’attestation" in read.words(rendered.pdf)
    assert "0 locataires" not in read.words(rendered.pdf)


def test_a_july_letter_too_thick_for_an_envelope_is_refused(letter: BuildLetter) -> None:
    tenant = letter("july").variables["tenants"][0]
    with pytest.raises(TooManyTenants):
        render_letter(letter("july", variables={"tenants": [tenant] * (MOST_TENANTS + 1)}))


def test_the_receipt_letter_gives_reference_instant_and_public_check(letter: BuildLetter) -> None:
    text = read.words(render_letter(letter("receipt")).pdf)
    assert "15 juillet 2026 à 10 h 00 min 05 s" in text
    assert "R26-7K2M-Q9XT-4B8D-HW3N" in text
    assert "/v/R26-" in text


def test_the_letter_of_the_answers_counts_them_and_names_no_tenant(letter: BuildLetter) -> None:
    text = read.words(render_letter(letter("answered")).pdf)
    assert "Complément demandé : 2 déclarations" in text
    assert "Rejet : 1 déclaration" in text
    assert "Prise en compte" not in text
    assert "DEUJOURS" not in text


@pytest.mark.parametrize(("remaining", "words"), [(1, "1 déclaration à"), (3, "3 déclarations à")])
def test_the_reminder_says_what_is_left_until_when_and_how_and_names_no_tenant(
    letter: BuildLetter, remaining: int, words: str
) -> None:
    rendered = render_letter(letter("reminder", variables={"remaining": remaining, "tenants": []}))
    text = read.words(rendered.pdf)
    for expected in (
        "Rappel : loyer de juillet 2026", words, "au plus tard le 30 septembre 2026", "359 00007090001",
        "Pour nous appeler : 32 30", "Notre référence : B89", "Je n’arrive pas à me connecter",
        "ne tenez pas compte de ce rappel",
    ):  # fmt: skip
        assert expected in text, expected
    assert "DEUJOURS" not in text
    assert rendered.pages == 1


def test_the_letter_of_a_report_says_the_outcome_and_the_words_of_the_caf(letter: BuildLetter) -> None:
    said = {"number": "S26-8K3M-W2QT-5YBN-0XCD", "kind": "missing_tenant", "outcome": "refused"}
    text = read.words(render_letter(letter("report_answered", variables={**said, "answer": "Pas *allocataire*"})).pdf)
    assert "un locataire absent de votre liste" in text
    assert "pas retenu" in text
    assert "« Pas *allocataire* »" in text
    accepted = {**said, "kind": "no_longer_mine", "outcome": "accepted", "answer": ""}
    text = read.words(render_letter(letter("report_answered", variables=accepted)).pdf)
    assert ("accepté votre signalement" in text, "Notre réponse" in text) == (True, False)


def test_the_title_of_the_file_is_the_one_it_was_given_and_an_older_request_without_one_is_printed(
    letter: BuildLetter,
) -> None:
    given = render_letter(letter("reminder", variables={"title": "Rappel\u00a0: loyer de juillet 2026"}))
    assert read.title(given.pdf) == "Rappel\u00a0: loyer de juillet 2026"
    assert read.title(render_letter(letter("reminder")).pdf) == "Courrier de votre Caf"


def test_markup_in_a_tenant_name_is_printed_as_typed(letter: BuildLetter) -> None:
    tenant: Data = {**letter("july").variables["tenants"][0], "last_name": "<b>{{ year }}</b>"}
    assert "<b>{{ year }}</b> Adam" in read.words(render_letter(letter("july", variables={"tenants": [tenant]})).pdf)


def test_an_unknown_template_is_refused_by_name(letter: BuildLetter) -> None:
    with pytest.raises(UnknownTemplate, match="postcard"):
        render_letter(letter("postcard"))
