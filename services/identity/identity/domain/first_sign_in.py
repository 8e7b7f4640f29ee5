"""The first sign-in as a table: what must be done, in which order, and what each act leads to.

A session stands at a step. What an account has already done (information given, texts accepted) is skipped, so the
same table serves the first sign-in, one that was left half-way, a recovery, and a text published in a new version.
"""

from collections.abc import Set
from enum import StrEnum


class Step(StrEnum):
    CREDENTIALS = "credentials"
    INFORMATION = "information"
    PASSWORD = "password"  # noqa: S105 - the name of a step
    USAGE_RULES = "usage_rules"
    TERMS = "terms"
    DONE = "done"


class Act(StrEnum):
    PROVISIONAL_ACCEPTED = "provisional_accepted"
    OWN_PASSWORD_ACCEPTED = "own_password_accepted"  # noqa: S105 - the name of an act
    OWN_PASSWORD_TO_CHANGE = "own_password_to_change"  # noqa: S105 - the name of an act
    INFORMATION_GIVEN = "information_given"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 - the name of an act
    USAGE_RULES_ACCEPTED = "usage_rules_accepted"
    TERMS_ACCEPTED = "terms_accepted"


class OutOfOrder(Exception):
    """The act does not belong to the step the session stands at; `expected` is that step."""

    def __init__(self, expected: Step) -> None:
        self.expected = expected
        super().__init__(expected)


TRANSITIONS: dict[tuple[Step, Act], Step] = {
    (Step.CREDENTIALS, Act.PROVISIONAL_ACCEPTED): Step.INFORMATION,
    # The Caf asked for another password: the present one is worth no more than a provisional one.
    (Step.CREDENTIALS, Act.OWN_PASSWORD_TO_CHANGE): Step.INFORMATION,
    (Step.CREDENTIALS, Act.OWN_PASSWORD_ACCEPTED): Step.USAGE_RULES,
    (Step.INFORMATION, Act.INFORMATION_GIVEN): Step.PASSWORD,
    (Step.PASSWORD, Act.PASSWORD_CHOSEN): Step.USAGE_RULES,
    (Step.USAGE_RULES, Act.USAGE_RULES_ACCEPTED): Step.TERMS,
    (Step.TERMS, Act.TERMS_ACCEPTED): Step.DONE,
}

# A provisional password always ends in choosing one's own: PASSWORD is never skipped.
SKIPPED_TO = {Step.INFORMATION: Step.PASSWORD, Step.USAGE_RULES: Step.TERMS, Step.TERMS: Step.DONE}


def advance(step: Step, act: Act, satisfied: Set[Step] = frozenset()) -> Step:
    """The step after the act; `satisfied` holds the steps this account need not do again.

    Raises OutOfOrder, and then nothing must be written.
    """
    following = TRANSITIONS.get((step, act))
    if following is None:
        raise OutOfOrder(step)
    while following in satisfied and following in SKIPPED_TO:
        following = SKIPPED_TO[following]
    return following


def satisfied_steps(*, information_given: bool, consented: Set[Step]) -> Set[Step]:
    return frozenset({Step.INFORMATION} if information_given else ()) | consented
