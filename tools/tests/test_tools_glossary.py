"""The glossary matches the code."""

from tools import glossary

PAGE = glossary.PAGE.read_text(encoding="utf-8")


def test_the_glossary_is_that_of_the_code() -> None:
    assert list(glossary.faults(PAGE)) == []
    assert len(glossary.terms(PAGE)) >= 30


def test_a_value_that_changed_is_noticed() -> None:
    assert "those of the code" in next(
        glossary.faults(PAGE.replace("| À déclarer | `to_declare` |", "| À faire | `to_do` |"))
    )


def test_a_word_that_the_code_has_no_more_is_noticed() -> None:
    # Split in two, so that this file does not contain the word.
    gone = "Passage" + "Of"
    assert f"« relance »: the code has no {gone}" in list(glossary.faults(PAGE.replace("`reminder`", f"`{gone}`")))[-1]
