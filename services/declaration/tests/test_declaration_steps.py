"""What each kind of field takes, what the steps refuse, each refusal whole, and how a draft is stored."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from chassis.french import money
from chassis.problems import FieldError, Invalid
from declaration.domain import declared, fields, journey, readers, steps
from declaration.domain.draft import Draft, Information, Rent, Situation, from_json, to_json
from declaration.domain.fields import Cell, Declared, Export, Follows, Option
from declaration.domain.journey import NextStep
from declaration.domain.readers import RefusedValueError
from declaration.domain.states import State
from declaration_cases import CONTEXT, GONE, INFORMATION, KNOWN, OWING, RENT, SITUATION, YEAR, saved

ALL: dict[str, Any] = {
    **{"label": "Libellé", "rule": "une règle", "example": "un exemple", "question": "Quoi ?", "hint": "Ainsi"},
    **{"follows": Follows("present", "Non."), "optional": True, "corrected": "Corrigé", "since": 3},
    **{"cell": Cell("Titre", "Tête"), "export": Export("contenu", "x")},
}


def test_a_field_keeps_what_the_table_says_of_it() -> None:
    field = fields.Text("quoi", **ALL)
    assert {name: getattr(field, name) for name in ALL} == ALL
    assert (field.asked, field.required) == ("quoi", False)
    assert field.refusal("/a/b", "code", "Non.") == FieldError(
        pointer="/a/b", code="code", detail="Non.", rule="une règle", example="un exemple"
    )
    assert field.deserialize(" a ") == "a"


def test_what_the_table_does_not_say_of_a_field() -> None:
    field = fields.Text("quoi", rule="r", example="e")
    plain = {"label": "", "question": "", "hint": "", "follows": None, "optional": False, "corrected": "", "since": 1}
    assert {name: getattr(field, name) for name in plain} == plain
    assert (field.cell, field.export, field.required) == (None, None, True)
    assert fields.Text("quoi", rule="r", example="e", label="Nom").question == "Nom"
    assert not fields.Text("quoi", rule="r", example="e", follows=Follows("a", "b")).required
    assert not fields.Text("quoi", rule="r", example="e", optional=True).required


OPTIONS = {"a": Option("Bouton A", "le mot A", "cellule A"), "b": Option("Bouton B", "le mot B", "cellule B")}
TOO_MANY = ("too_many", "Trop.")
KINDS = ("amount", "day", "flag", "agreement", "address", "commune", "choice", "number")


def made(kind: str) -> tuple[Declared[Any], str, str]:
    """A field of that kind, its rule and its example; made in the test, so that a fault in what makes it is seen."""
    found: list[tuple[Declared[Any], str, str]] = [
        (fields.Amount("a", example="1,00", label="L"), money.RULE, "1,00"),
        (fields.Day("a", example="2026-07-01", label="L"), "une date au format AAAA-MM-JJ", "2026-07-01"),
        (fields.Flag("a", example="oui", label="L"), "oui ou non", "oui"),
        (fields.Agreement("a", example="oui", label="L"), "oui ou non", "oui"),
        (
            fields.Address("a", label="L"),
            "de 1 à 6 lignes de 38 caractères au plus, en lettres latines",
            "2 RUE GINA PANE / 35000 RENNES",
        ),
        (
            fields.Commune("a", label="L"),
            "le nom d’une commune, suivi du département s’il le faut, ou son code Insee",
            "Rennes",
        ),
        (
            fields.Choice("a", options=OPTIONS, label="L"),
            "«\u00a0le mot A\u00a0» (a) ou «\u00a0le mot B\u00a0» (b)",
            "a",
        ),
        (
            fields.Number("a", lowest=1, highest=9, refused=TOO_MANY, rule="1 à 9", example="3", label="L"),
            "1 à 9",
            "3",
        ),
    ]
    return next(each for each in found if each[0].kind == kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_field_has_its_rule_and_an_example(kind: str) -> None:
    field, rule, example = made(kind)
    assert (field.asked, field.label, field.rule, field.example) == ("a", "L", rule, example)


@pytest.mark.parametrize(
    ("kind", "raw", "value", "stored"),
    [
        ("amount", "1 234,5", Decimal("1234.50"), "1234.50"),
        ("day", " 2026-07-01 ", date(2026, 7, 1), "2026-07-01"),
        ("flag", False, False, False),
        ("address", ["1  RUE X", "", "35000 RENNES"], ("1 RUE X", "35000 RENNES"), ["1 RUE X", "35000 RENNES"]),
        ("commune", "rennes", "35238", "35238"),
        ("choice", "b", "b", "b"),
        ("number", 1, 1, 1),
        ("number", 9, 9, 9),
    ],
)
def test_a_value_is_read_stored_and_found_again(kind: str, raw: Any, value: Any, stored: Any) -> None:
    field, *_ = made(kind)
    assert field.read(raw) == value
    assert field.store(value) == stored
    assert field.restore(stored) == value


UNREADABLE_DAY = "Cette date n’existe pas ou n’est pas lisible."
SEVERAL = (
    "Plusieurs communes portent ce nom\u00a0: précisez le département. Par exemple Saint-Denis (11), "
    "Saint-Denis (30), Saint-Denis (93), Saint-Denis (974)."
)
UNKNOWN_COMMUNE = "La liste officielle des communes n’a ni ce nom ni ce code Insee (un code postal n’en est pas un)."


@pytest.mark.parametrize(
    ("kind", "raw", "code", "detail"),
    [
        ("amount", "x", "amount", "Ce montant n’est pas lisible."),
        ("amount", "100000", "amount_too_high", "Ce montant est trop élevé."),
        ("day", "20260701", "date", UNREADABLE_DAY),
        ("day", "2026-02-30", "date", UNREADABLE_DAY),
        ("day", "1899-12-31", "date_too_early", "Cette année est trop ancienne : vérifiez ses quatre chiffres."),
        ("flag", "oui", "flag", "Répondez par oui ou par non."),
        ("address", "1 RUE X", "address", "L’adresse doit être donnée ligne par ligne."),
        ("address", 7, "address", "L’adresse doit être donnée ligne par ligne."),
        ("address", [""], "address_lines", "L’adresse doit avoir de 1 à 6 lignes."),
        ("address", list("ABCDEFG"), "address_lines", "L’adresse doit avoir de 1 à 6 lignes."),
        (
            "address",
            ["A", "B" * 39],
            "address_line_length",
            "La ligne 2 de l’adresse dépasse 38 caractères.",
        ),
        ("address", ["A", "?"], "address_line_empty", "La ligne 2 de l’adresse n’a ni lettre ni chiffre."),
        (
            "address",
            ["شارع"],
            "address_characters",
            "La ligne 1 de l’adresse contient un caractère qui ne s’imprime pas : écrivez-la en lettres de l’alphabet "
            "latin.",
        ),
        (
            "address",
            ["A", "B\u202e"],
            "address_characters",
            "L’adresse contient un caractère invisible ou de commande (U+202E), souvent venu d’un copier-coller.",
        ),
        ("commune", "35999", "commune", UNKNOWN_COMMUNE),
        ("commune", "Saint-Denis", "commune_ambiguous", SEVERAL),
        ("choice", "c", "choice", "Choisissez une des réponses proposées."),
        ("number", 0, *TOO_MANY),
        ("number", 10, *TOO_MANY),
        ("number", True, *TOO_MANY),
        ("number", "3", *TOO_MANY),
    ],
)
def test_anything_else_is_refused_with_a_code_and_a_sentence(kind: str, raw: Any, code: str, detail: str) -> None:
    field, *_ = made(kind)
    with pytest.raises(RefusedValueError) as refused:
        field.read(raw)
    assert (refused.value.code, refused.value.detail) == (code, detail)
    assert refused.value.messages == [detail]


def test_values_at_their_bounds_are_taken() -> None:
    assert readers.amount("99999,99") == readers.HIGHEST_AMOUNT
    assert readers.day("1900-01-01") == readers.EARLIEST_DAY
    assert readers.address(["A" * 38] * 6) == ("A" * 38,) * 6
    with pytest.raises(RefusedValueError, match="Sainte-Colombe") as refused:
        readers.commune("Sainte-Colombe")
    assert refused.value.detail.count("Sainte-Colombe") == readers.MOST_NAMESAKES


def refused_by(**change: Any) -> list[tuple[str, str, str]]:
    """Pointer, code and sentence of each error of a save."""
    with pytest.raises(Invalid) as refused:
        saved(**change)
    return [(error.pointer, error.code, error.detail) for error in refused.value.errors]


BEFORE_ENTRY = "Cette date est antérieure à l’entrée dans le logement."
TO_COME = "Cette date n’est pas encore passée."


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        (
            {"information": {**INFORMATION, "lease_start": "2026-08-01"}},
            [
                (
                    "/information/lease_start",
                    "entered_after_july",
                    "Un locataire entré après le 31 juillet 2026 n’a pas de loyer de juillet à déclarer. Si cette date "
                    "est la bonne, appelez votre Caf.",
                )
            ],
        ),
        (
            {"situation": {**GONE, "left_on": "2016-08-31"}},
            [("/situation/left_on", "left_on_before_entry", BEFORE_ENTRY)],
        ),
        ({"situation": {**GONE, "left_on": "2026-09-03"}}, [("/situation/left_on", "left_on_in_future", TO_COME)]),
        (
            {"situation": {**OWING, "first_default_on": "2016-08-31"}},
            [("/situation/first_default_on", "first_default_on_before_entry", BEFORE_ENTRY)],
        ),
        (
            {"situation": {**OWING, "first_default_on": "2026-09-03"}},
            [("/situation/first_default_on", "first_default_on_in_future", TO_COME)],
        ),
        (
            {"situation": {**OWING, "arrears_amount": "0"}},
            [
                (
                    "/situation/arrears_amount",
                    "arrears_zero",
                    "Une dette de 0 € n’en est pas une : indiquez son montant.",
                )
            ],
        ),
        (
            {"situation": {**SITUATION, "present": False}},
            [("/situation/left_on", "required", "Indiquez la date de départ du locataire.")],
        ),
        (
            {"situation": {**SITUATION, "left_on": "2026-08-15"}},
            [("/situation/left_on", "contradicts", declared.SITUATION["left_on"].follows.refused)],  # type: ignore[union-attr]
        ),
        (
            {"rent": {**RENT, "rent": [], "charges": None}},
            [
                ("/rent/rent", "required", f"Indiquez {declared.RENT['rent'].asked}."),
                ("/rent/charges", "required", f"Indiquez {declared.RENT['charges'].asked}."),
            ],
        ),
    ],
)
def test_answers_that_do_not_go_together_are_refused(
    change: dict[str, Any], errors: list[tuple[str, str, str]]
) -> None:
    assert refused_by(**change) == errors


def test_answers_at_their_bounds_are_saved() -> None:
    entered = saved(information={**INFORMATION, "lease_start": "2026-07-31"})
    assert entered.information is not None
    assert entered.information.lease_start == date(2026, 7, 31)
    for day in ("2016-09-01", "2026-09-02"):
        assert saved(situation={**GONE, "left_on": day}).situation is not None
        assert saved(situation={**OWING, "first_default_on": day}).situation is not None
    # An unknown new address may stay unknown.
    assert saved(situation=GONE).situation == replace(
        saved().situation,  # type: ignore[type-var]  # it is saved
        present=False,
        left_on=date(2026, 8, 15),
    )


def test_steps_refused_together_tell_all_their_errors_and_save_nothing() -> None:
    change = {
        "information": {**INFORMATION, "furnished": None},
        "situation": {**SITUATION, "co_tenants": 0},
        "rent": {**RENT, "rent": "x"},
        "confirmations": {"zero_rent": 3},
    }
    assert [(pointer, code) for pointer, code, _ in refused_by(**change)] == [
        ("/information/furnished", "required"),
        ("/situation/co_tenants", "co_tenants"),
        ("/rent/rent", "amount"),
        ("/confirmations/zero_rent", "reason"),
    ]


def test_a_reason_has_500_characters_at_most() -> None:
    zero = {**RENT, "rent": "0"}
    assert saved(rent=zero, confirmations={"zero_rent": f" {'x' * 498} "}).confirmations == {"zero_rent": "x" * 498}
    with pytest.raises(Invalid) as refused:
        saved(rent=zero, confirmations={"zero_rent": "x" * 501, "co_tenants_changed": ""})
    assert refused.value.errors == (
        FieldError(
            pointer="/confirmations/zero_rent",
            code="reason",
            detail="Ce motif n’est pas lisible ou il est trop long.",
            rule="un texte de 500 caractères au plus, ou vide pour confirmer sans explication",
            example="Loyer révisé au 1er juillet selon l’IRL",
        ),
    )


RULE = "les trois étapes sont remplies et chaque point signalé est confirmé"


def test_what_is_missing_is_told_step_by_step_with_what_to_do() -> None:
    told = {
        "information": "Vérifiez et confirmez d’abord les informations connues de la Caf.",
        "situation": "Indiquez la situation du locataire.",
        "rent": "Indiquez le loyer de juillet.",
    }
    assert journey.missing(Draft(), KNOWN, CONTEXT) == [
        FieldError(pointer=f"/{step}", code="step_missing", detail=detail, rule=RULE) for step, detail in told.items()
    ]
    zero = saved(rent={**RENT, "rent": "0"})
    [asked] = journey.confirmations(zero, KNOWN, YEAR)
    assert (asked.reason, asked.confirmed) == (None, False)
    assert journey.missing(zero, KNOWN, CONTEXT) == [
        FieldError(pointer="/confirmations/zero_rent", code="not_confirmed", detail=asked.message, rule=RULE)
    ]
    assert journey.missing(saved(), KNOWN, CONTEXT) == []


@pytest.mark.parametrize(
    ("state", "reached"),
    [(State.TO_DECLARE, NextStep.SUMMARY), (State.DRAFT, NextStep.SUMMARY)]
    + [(state, NextStep.DONE) for state in State if state not in (State.TO_DECLARE, State.DRAFT)],
)
def test_only_a_draft_leads_to_a_next_step(state: State, reached: NextStep) -> None:
    assert journey.next_step(saved(), state, KNOWN, CONTEXT) is reached


def test_the_entry_is_the_landlord_s_once_it_is_saved() -> None:
    assert journey.lease_start(Draft(), KNOWN) == KNOWN.lease_start
    assert journey.lease_start(saved(information={**INFORMATION, "lease_start": "2017-01-01"}), KNOWN) == date(
        2017, 1, 1
    )


def test_a_draft_is_stored_step_by_step_and_an_unsaved_one_is_null() -> None:
    stored = journey.dump(Draft(rent=saved().rent, confirmations={"zero_rent": ""}))
    assert stored == {
        **{"information": None, "situation": None, "confirmations": {"zero_rent": ""}},
        "rent": {"rent": "415.00", "charges": "38.00", "share": "whole", "full_month": True, "furnished": False},
    }
    assert journey.load(stored) == Draft(rent=saved().rent, confirmations={"zero_rent": ""})
    whole = saved(situation={**OWING, **GONE, "rent_up_to_date": False, "new_address": ["3 RUE DES LILAS"]})
    assert journey.load(journey.dump(whole)) == whole
    assert whole.situation is not None
    assert to_json(whole.situation) == {
        **{"present": False, "left_on": "2026-08-15", "new_address": ["3 RUE DES LILAS"], "co_tenants": 1},
        **{"rent_up_to_date": False, "arrears_amount": "650.00", "first_default_on": "2026-05-05"},
    }


@pytest.mark.parametrize("kind", [Information, Situation, Rent])
def test_a_step_that_is_not_stored_is_not_saved(kind: Any) -> None:
    assert from_json(kind, None) is None
    assert from_json(kind, {}) is None


def test_an_unanswered_field_is_asked_for() -> None:
    field = declared.RENT["full_month"]
    older = replace(saved().rent, full_month=None)  # type: ignore[type-var]  # it is saved
    assert steps.unanswered("rent", older) == [
        field.refusal("/rent/full_month", "required", f"Indiquez {field.asked}.")
    ]
    assert steps.unanswered("rent", None) == steps.unanswered("rent", saved().rent) == []
