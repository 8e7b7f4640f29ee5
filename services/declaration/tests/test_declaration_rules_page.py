"""The page of rules names every one of the tables: a rule added to the code without a line there is noticed."""

from pathlib import Path

import pytest
from declaration.domain import benefit_rules, checks
from declaration.domain.states import State

PAGE = (Path(__file__).parents[3] / "docs" / "declaration-rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", checks.Code)
def test_each_point_to_confirm_has_its_line(code: checks.Code) -> None:
    assert f"| `{code}`: " in PAGE


@pytest.mark.parametrize("rule", benefit_rules.ARREARS_RULES, ids=lambda rule: str(rule.effective_from))
def test_each_dated_rule_has_a_line_with_its_article_and_its_day(rule: benefit_rules.ArrearsRule) -> None:
    day = rule.effective_to if rule.effective_to.year < 9999 else rule.effective_from
    assert any(f"{day:%d/%m/%Y}" in line and rule.article in line for line in PAGE.splitlines())


def test_the_number_of_states_is_the_one_told() -> None:
    assert ("Nine states" in PAGE) is (len(State) == 9)
