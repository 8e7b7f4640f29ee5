"""Where a landlord is written to, as an agent reads it."""

from portal_stand_ins import DOCUMENT, SignIn


def test_an_agent_sees_both_addresses_which_is_used_and_what_refused(sign_in: SignIn) -> None:
    page = sign_in(kind="agent", caf="359").get(f"/agent/bailleurs/{DOCUMENT}").text
    assert "anne@lices.example" in page
    assert "gestion@lices.example (a refusé un message)" in page
    assert "Courriel confirmé par le bailleur" in page
    assert "Aucun courrier ne peut être imprimé" in page


def test_what_is_to_correct_leads_to_the_landlord_and_says_why(sign_in: SignIn) -> None:
    page = sign_in(kind="agent", caf="359").get("/agent/bailleurs/adresses-a-corriger").text
    assert f"/agent/bailleurs/{DOCUMENT}" in page
    assert "La dernière ligne doit…" in page
