"""Each sentence that asks a landlord to confirm, and each warning of the law, with its figures and its bounds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from declaration.domain import checks, journey
from declaration.domain.checks import Code, ToConfirm, Warned
from declaration.domain.draft import Draft, Known
from declaration_cases import CONTEXT, GONE, INFORMATION, KNOWN, OWING, RENT, SITUATION, YEAR, saved

EURO = "\u00a0€"
BEFORE_JULY = {**GONE, "left_on": "2026-06-30"}

ASKED: list[tuple[Code, str, dict[str, Any]]] = [
    (
        Code.DIFFERS_FROM_LAST_YEAR,
        f"Le loyer déclaré (1\u202f453,76{EURO}) s’écarte de plus de 10 % de celui de l’an dernier (412,50{EURO}) : "
        "confirmez-le.",
        {"rent": {**RENT, "rent": "1453,76"}},
    ),
    (
        Code.CHARGES_PROBABLY_INCLUDED,
        f"Le loyer déclaré (450,50{EURO}) est égal au loyer et aux charges connus de la Caf : les charges y sont "
        "probablement comprises. Le loyer se déclare hors charges.",
        {"rent": {**RENT, "rent": "450,50"}},
    ),
    (
        Code.ZERO_RENT,
        "Le loyer déclaré est de 0,00 € : confirmez que le locataire ne doit aucun loyer pour juillet.",
        {"rent": {**RENT, "rent": "0"}},
    ),
    (
        Code.CO_TENANTS_CHANGED,
        "Le nombre de colocataires passe de 1 à 3 : confirmez-le.",
        {"situation": {**SITUATION, "co_tenants": 3}},
    ),
    (
        Code.LEFT_IN_JULY,
        "Le locataire est parti le 31/07/2026, en juillet : confirmez la date et le loyer de ce mois.",
        {"situation": {**GONE, "left_on": "2026-07-31"}},
    ),
    (
        Code.RENT_AFTER_DEPARTURE,
        f"Un loyer de 415,00{EURO} est déclaré pour juillet alors que le locataire était parti.",
        {"situation": BEFORE_JULY},
    ),
    (
        Code.FURNISHED_DIFFERS,
        "Le logement est décrit comme vide mais le loyer est déclaré pour un logement meublé : confirmez-le.",
        {"rent": {**RENT, "furnished": True}},
    ),
    (
        Code.FURNISHED_DIFFERS,
        "Le logement est décrit comme meublé mais le loyer est déclaré pour un logement vide : confirmez-le.",
        {"information": {**INFORMATION, "furnished": True}},
    ),
    (
        Code.SHARE_OF_ONE_HOLDER,
        "Le loyer est déclaré comme la part de ce locataire, alors que le bail n’a qu’un titulaire : confirmez que ce "
        "n’est pas le loyer entier.",
        {"rent": {**RENT, "share": "tenant_share"}},
    ),
    (
        Code.FULL_MONTH_OF_ENTRY,
        "Le loyer couvrirait tout le mois de juillet pour un locataire entré le 31/07/2026 : confirmez-le.",
        {"information": {**INFORMATION, "lease_start": "2026-07-31"}},
    ),
]


def plain(text: str) -> str:
    """Without the no-break spaces of French punctuation."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("code", "sentence", "steps"), ASKED, ids=[f"{case[0]}-{place}" for place, case in enumerate(ASKED)]
)
def test_a_confirmation_quotes_the_values_it_is_about(code: Code, sentence: str, steps: dict[str, Any]) -> None:
    asked = checks.to_confirm(saved(KNOWN, **steps), KNOWN, YEAR)
    assert [(each.code, plain(each.message)) for each in asked] == [(code, plain(sentence))]


@pytest.mark.parametrize(
    ("known", "steps"),
    [
        (replace(KNOWN, previous_rent=None), {"rent": {**RENT, "rent": "38"}}),
        (replace(KNOWN, previous_rent=None, previous_charges=None), {}),
        (replace(KNOWN, previous_charges=None), {"rent": {**RENT, "rent": "412,50"}}),
        # Gone before July: no rent is due, so nothing is odd about none.
        (KNOWN, {"situation": BEFORE_JULY, "rent": {**RENT, "rent": "0", "charges": "0"}}),
        (KNOWN, {"information": {**INFORMATION, "lease_start": "2026-07-15"}, "rent": {**RENT, "full_month": False}}),
        (KNOWN, {"information": {**INFORMATION, "lease_start": "2026-06-30"}}),
    ],
)
def test_nothing_is_asked_without_a_reason_to(known: Known, steps: dict[str, Any]) -> None:
    assert checks.to_confirm(saved(known, **steps), known, YEAR) == []


@pytest.mark.parametrize("steps", [{}, {"information": INFORMATION}, {"situation": SITUATION}, {"rent": RENT}])
def test_a_draft_of_which_little_is_known_is_asked_nothing(steps: dict[str, Any]) -> None:
    draft = journey.save(Draft(), steps, KNOWN, CONTEXT)
    assert checks.to_confirm(draft, KNOWN, YEAR) == []
    assert checks.warnings(draft, KNOWN, CONTEXT.today) == []


def test_what_is_asked_comes_in_the_order_of_the_table() -> None:
    steps: dict[str, Any] = {
        "information": {**INFORMATION, "furnished": True},
        "situation": {**SITUATION, "co_tenants": 2},
        "rent": {**RENT, "rent": "0"},
    }
    assert [each.code for each in checks.to_confirm(saved(**steps), KNOWN, YEAR)] == [
        Code.ZERO_RENT,
        Code.CO_TENANTS_CHANGED,
        Code.FURNISHED_DIFFERS,
    ]
    assert ToConfirm(Code.ZERO_RENT, "a") != ToConfirm(Code.ZERO_RENT, "b")


def warned(known: Known = KNOWN, on: date = CONTEXT.today, **steps: Any) -> list[Warned]:
    """The warnings, with plain spaces."""
    found = checks.warnings(saved(known, **steps), known, on)
    return [Warned(each.code, plain(each.message), each.article) for each in found]


FLAT_SHARE = "En colocation, la Caf retient le loyer divisé par le nombre de colocataires, soit {} €."
FURNISHED = "En meublé, la Caf retient les deux tiers du loyer, soit {} €, dans la limite du plafond."


def test_a_flat_share_and_a_furnished_rent_say_what_is_kept_of_the_rent() -> None:
    two = {**SITUATION, "co_tenants": 2}
    assert warned(situation=two) == [Warned("flat_sharing", FLAT_SHARE.format("207,50"), "CCH D. 842-3")]
    furnished = Warned("furnished", FURNISHED.format("276,67"), "CCH D. 842-2")
    assert warned(rent={**RENT, "furnished": True}) == [furnished]
    # The tenant's share is not divided again.
    assert warned(situation=two, rent={**RENT, "furnished": True, "share": "tenant_share"}) == [furnished]
    assert [each.message for each in warned(situation=two, rent={**RENT, "furnished": True})] == [
        FLAT_SHARE.format("207,50"),
        FURNISHED.format("138,33"),
    ]


def test_without_a_rent_nothing_is_kept_of_it() -> None:
    none = {**RENT, "rent": "0", "furnished": True}
    assert warned(situation={**SITUATION, "co_tenants": 2}, rent=none) == []
    cent = warned(situation={**SITUATION, "co_tenants": 2}, rent={**RENT, "rent": "0,02"})
    assert [each.code for each in cent] == ["flat_sharing"]


DIRECT = replace(KNOWN, paid_to_landlord=True)


def test_a_departure_told_after_a_month_warns_whom_the_benefit_is_paid_to() -> None:
    gone = {**GONE, "left_on": "2026-08-01"}
    assert warned(DIRECT, date(2026, 9, 2), situation=gone) == [
        Warned(
            "late_departure_notice",
            "Le départ d’un locataire se signale à la Caf dans le mois : un trop-perçu peut vous être demandé.",
            "CCH L. 823-6 et D. 823-15",
        )
    ]
    assert warned(DIRECT, date(2026, 9, 1), situation=gone) == []
    assert warned(KNOWN, date(2026, 9, 2), situation=gone) == []


def debt(known: Known, *, rent: bool, amount: str = "650") -> list[str]:
    steps: dict[str, Any] = {"information": INFORMATION, "situation": {**OWING, "arrears_amount": amount}}
    draft = journey.save(Draft(), {**steps, **({"rent": RENT} if rent else {})}, known, CONTEXT)
    return [each.code for each in checks.warnings(draft, known, CONTEXT.today)]


@pytest.mark.parametrize(
    ("known", "rent", "threshold"),
    [
        # Twice 415 + 38.
        (KNOWN, True, "906,00"),
        # Twice 412.50 + 38, of last year.
        (KNOWN, False, "901,00"),
        (replace(KNOWN, previous_charges=None), False, "825,00"),
        # Less the 162 paid to the landlord.
        (DIRECT, True, "582,00"),
        (replace(DIRECT, benefit_amount=None), True, "906,00"),
    ],
)
def test_a_debt_is_an_arrears_from_twice_what_is_left_to_pay(known: Known, rent: bool, threshold: str) -> None:
    below = f"{Decimal(threshold.replace(',', '.')) - Decimal('0.01')}"
    assert debt(known, rent=rent, amount=threshold) == ["arrears"]
    assert debt(known, rent=rent, amount=below) == []


def test_a_debt_cannot_be_measured_without_any_rent() -> None:
    unknown = replace(KNOWN, previous_rent=None)
    assert debt(unknown, rent=False, amount="99999") == []
    assert debt(unknown, rent=True, amount="99999") == ["arrears"]
