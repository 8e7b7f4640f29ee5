"""The table of messages: what a row must hold, and what a message takes of the values at hand."""

from typing import cast

import pytest
from notification.domain.kinds import Series
from notification.domain.messages import CREDENTIALS, Template
from notification.domain.variables import STORED, Value, VariableError, pick
from notification.models import Message
from sqlalchemy import String

REMINDER = {
    "name": "SCI des Lilas",
    "year": 2026,
    "deadline": "2026-11-15",
    "user_number": "35900007090001",
    "remaining": 3,
    "caf_name": "Caf d’Ille-et-Vilaine",
    "caf_telephone": None,
    "caf": {"name": "Caf d’Ille-et-Vilaine"},
    "sign_in_url": "https://bailleurs.example/connexion",
    "help_url": "https://bailleurs.example/aide",
    "portal_url": "https://bailleurs.example",
}


def test_each_form_takes_its_own_variables() -> None:
    forms = Template.REMINDER.kind.forms({**REMINDER, "tenants": ["nobody's business"]})
    assert set(forms.email) == set(REMINDER) - {"caf", "portal_url"}
    assert set(forms.letter) == {"year", "deadline", "user_number", "remaining", "caf", "portal_url"}


def test_what_a_landlord_does_not_have_is_not_in_their_letter() -> None:
    values = {"name": "A", "purpose": "creation", "sign_in_url": "a", "help_url": "b", "portal_url": "c"}
    forms = Template.LOGIN.kind.forms({**values, "user_number": None, "caf_code": "359"})
    assert forms.letter == {"portal_url": "c"}
    assert (forms.email["caf_code"], forms.email["number_end"]) == ("359", None)


def test_a_message_without_a_letter_has_no_variables_for_one() -> None:
    forms = Template.EMAIL_TAKEN.kind.forms({"name": "Ada", "help_url": "https://bailleurs.example/aide"})
    assert forms.letter == {}
    assert Template.EMAIL_TAKEN.kind.letter_title({}) == ""


@pytest.mark.parametrize("wrong", [{"remaining": "three"}, {"remaining": True}, {"year": None}, {"caf": "Caf"}])
def test_a_variable_of_another_type_is_refused_by_its_name(wrong: dict[str, object]) -> None:
    [name] = wrong
    with pytest.raises(VariableError, match=f"^{name}: .* expected$"):
        Template.REMINDER.kind.forms({**REMINDER, **wrong})


def test_a_missing_variable_is_refused_and_no_value_is_shown() -> None:
    with pytest.raises(VariableError) as refusal:
        pick({"password": Value.TEXT, "year": Value.NUMBER}, {"password": "kR7m-Wp3x"})
    assert str(refusal.value) == "year: number expected"


def test_every_type_is_stored_as_something() -> None:
    assert set(STORED) == set(Value)


@pytest.mark.parametrize("template", Template)
def test_the_name_fits_its_column_and_the_label_is_its_own(template: Template) -> None:
    column = cast("String", Message.__table__.c.template.type)
    assert len(template) <= (column.length or 0)
    assert [other for other in Template if other.kind.label == template.kind.label] == [template]


@pytest.mark.parametrize("template", Template)
def test_documents_knows_how_to_write_a_variable_by_its_name(template: Template) -> None:
    named = {
        name: Value.INSTANT if name.endswith("_at") else Value.DAY
        for name in template.kind.in_letter
        if name.endswith(("_at", "_on")) or name == "deadline"
    }
    typed = {name: kind for name, kind in template.kind.in_letter.items() if kind in (Value.INSTANT, Value.DAY)}
    assert named == typed


def test_a_login_and_its_password_are_sealed_apart_and_only_the_password_is_confidential() -> None:
    confidential = {one for one in Template if one.kind.letter and one.kind.letter.series is Series.CONFIDENTIAL}
    assert confidential == {Template.PROVISIONAL_PASSWORD}
    for templates in CREDENTIALS.values():
        assert len({template.kind.sealed for template in templates}) == len(templates)


def test_the_title_of_a_letter_has_its_year() -> None:
    assert Template.JULY.kind.letter_title({"year": 2026}) == "Aides au logement\u00a0: loyer de juillet 2026"
