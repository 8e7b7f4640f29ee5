"""Help pages: what landlords of the real service complain of has its answer there."""

import pytest
from flask.testing import FlaskClient
from portal.pages.help import SUBJECTS
from webui.testing import page_checks, parse

COMPLAINTS = {
    "once a year": ("declarer-un-loyer", "Une fois par an suffit"),
    "the benefit that stops": ("declarer-un-loyer", "s’arrête en janvier"),
    "with or without charges": ("declarer-un-loyer", "le loyer sans les charges, puis les charges"),
    "a mistake once sent": ("declarer-un-loyer", "une nouvelle version remplace la première"),
    "a mistake once settled": ("declarer-un-loyer", "appelez votre Caf"),
    "no proof": ("declarer-un-loyer", "Conservez votre récapitulatif"),
    "a tenant who is not there": ("declarer-un-loyer", "Mon locataire n’est pas dans la liste"),
    "flat-sharing": ("declarer-un-loyer", "CCH D. 842-3"),
    "furnished": ("declarer-un-loyer", "CCH D. 842-2"),
    "arrears until 2026": ("declarer-un-loyer", "500 € si l’aide vous est versée, 600 € sinon"),
    "arrears from 2027": ("declarer-un-loyer", "dépasse 450 €, ou trois mois"),
    "a departure": ("declarer-un-loyer", "se signale dans le mois"),
    "500 tenants": ("nombreux-locataires", "une ligne par déclaration à compléter"),
    "where the number is": ("numero-utilisateur", "courrier"),
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_page_of_help_is_well_made_and_found_from_the_first(client: FlaskClient, subject: str) -> None:
    answer = client.get(f"/aide/{subject}")
    assert page_checks(answer.text) == []
    assert f'href="/aide/{subject}"' in client.get("/aide").text


def test_the_help_answers_what_landlords_complain_of(client: FlaskClient) -> None:
    pages = {subject: parse(client.get(f"/aide/{subject}").text) for subject in SUBJECTS}
    said = {
        subject: " ".join(" ".join(element.words for element in elements).split())
        for subject, elements in pages.items()
    }
    unanswered = [complaint for complaint, (subject, answer) in COMPLAINTS.items() if answer not in said[subject]]
    assert unanswered == []
