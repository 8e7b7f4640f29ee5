"""What a row of the table of messages says of its two forms, and the values that it takes."""

from datetime import UTC, datetime, timedelta

import pytest
from notification.domain.kinds import Forms, Kind, Letter, Series
from notification.domain.variables import Value, VariableError, pick

NOW = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)
KIND = Kind(
    label="Message",
    subject="Objet",
    rank=1,
    variables={"name": Value.TEXT},
    email_variables={"link": Value.TEXT},
    letter=Letter(title="Lettre à {name}", variables={"note": Value.TEXT_OR_NONE}),
    repeat_after=timedelta(days=7),
)
EMAIL_ONLY = Kind(label="Message", subject="Objet", rank=1, variables={"name": Value.TEXT}, email_variables={})


def test_each_form_takes_what_it_shows_and_a_letter_nothing_empty() -> None:
    values = {"name": "REGIE", "link": "https://x", "note": None, "other": 1}
    assert KIND.forms(values) == Forms({"name": "REGIE", "link": "https://x"}, {"name": "REGIE"})
    assert KIND.forms({**values, "note": "N"}).letter == {"name": "REGIE", "note": "N"}
    assert EMAIL_ONLY.forms(values) == Forms({"name": "REGIE"}, {})


def test_a_letter_has_a_title_and_what_is_never_printed_has_none() -> None:
    assert (KIND.printed, KIND.letter_title({"name": "REGIE"})) == (True, "Lettre à REGIE")
    assert (EMAIL_ONLY.printed, EMAIL_ONLY.letter_title({"name": "REGIE"})) == (False, "")
    assert KIND.letter is not None
    assert KIND.letter.series is Series.ORDINARY


@pytest.mark.parametrize(
    ("last_at", "soon"),
    [
        (None, False),
        (NOW - timedelta(days=7), False),
        (NOW - timedelta(days=7) + timedelta(seconds=1), True),
        (NOW, True),
    ],
)
def test_the_same_is_not_sent_again_within_its_window(last_at: datetime | None, soon: bool) -> None:
    assert KIND.too_soon(last_at, NOW) is soon
    assert EMAIL_ONLY.too_soon(last_at, NOW) is False


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Value.TEXT, "a"),
        (Value.TEXT_OR_NONE, None),
        (Value.NUMBER, 0),
        (Value.FLAG, False),
        (Value.CAF, {}),
        (Value.TENANTS, []),
    ],
)
def test_a_variable_of_its_type_is_taken(kind: Value, value: object) -> None:
    assert pick({"it": kind}, {"it": value, "other": 1}) == {"it": value}


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Value.TEXT, None), (Value.TEXT, 1), (Value.NUMBER, True), (Value.FLAG, 1), (Value.DECLARATIONS, "1")],
)
def test_a_variable_of_another_type_is_named_and_its_value_is_not(kind: Value, value: object) -> None:
    with pytest.raises(VariableError) as refused:
        pick({"it": kind}, {"it": value})
    assert str(refused.value) == f"it: {kind} expected"


def test_only_what_may_be_none_may_be_absent() -> None:
    assert pick({"it": Value.TEXT_OR_NONE}, {}) == {"it": None}
    with pytest.raises(VariableError):
        pick({"it": Value.TEXT}, {})
