"""State machine of the sign-in: steps, their order, and where each trigger leads.

A session is at one step. Steps already done (information given, texts accepted) or not required (proving or setting up
a second factor) are skipped, so the same table serves the first sign-in, one left half-way, later sign-ins, a recovery
and a new version of a text.
"""

from collections.abc import Set
from enum import StrEnum
from http import HTTPStatus

from chassis.states import Table, TransitionRefused


class Step(StrEnum):
    CREDENTIALS = "credentials"
    SECOND_FACTOR = "second_factor"
    # As SECOND_FACTOR, before choosing a new password.
    RENEWAL_FACTOR = "renewal_factor"
    INFORMATION = "information"
    PASSWORD = "password"  # noqa: S105 - the name of a step
    USAGE_RULES = "usage_rules"
    TERMS = "terms"
    # The code sent to the typed address; comes after the five steps of the guides and does not block them.
    EMAIL = "email"
    PROTECTION = "protection"
    DONE = "done"


class Trigger(StrEnum):
    PROVISIONAL_ACCEPTED = "provisional_accepted"
    OWN_PASSWORD_ACCEPTED = "own_password_accepted"  # noqa: S105 - the name of an act
    OWN_PASSWORD_TO_CHANGE = "own_password_to_change"  # noqa: S105 - the name of an act
    PASSKEY_ACCEPTED = "passkey_accepted"
    FACTOR_PROVEN = "factor_proven"
    INFORMATION_GIVEN = "information_given"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 - the name of an act
    USAGE_RULES_ACCEPTED = "usage_rules_accepted"
    TERMS_ACCEPTED = "terms_accepted"
    EMAIL_CONFIRMED = "email_confirmed"
    EMAIL_POSTPONED = "email_postponed"
    PROTECTED = "protected"


class OutOfOrder(TransitionRefused, status=HTTPStatus.CONFLICT, code="conflict"):
    @property
    def expected(self) -> Step:
        """The session's step."""
        return Step(str(self.state))


TRANSITIONS: dict[tuple[Step, Trigger], Step] = {
    (Step.CREDENTIALS, Trigger.PROVISIONAL_ACCEPTED): Step.RENEWAL_FACTOR,
    # The Caf required a password change: the current one counts as a provisional one.
    (Step.CREDENTIALS, Trigger.OWN_PASSWORD_TO_CHANGE): Step.RENEWAL_FACTOR,
    (Step.CREDENTIALS, Trigger.OWN_PASSWORD_ACCEPTED): Step.SECOND_FACTOR,
    # A passkey counts as two factors: the device and what unlocks it.
    (Step.CREDENTIALS, Trigger.PASSKEY_ACCEPTED): Step.USAGE_RULES,
    (Step.RENEWAL_FACTOR, Trigger.FACTOR_PROVEN): Step.INFORMATION,
    (Step.SECOND_FACTOR, Trigger.FACTOR_PROVEN): Step.USAGE_RULES,
    (Step.INFORMATION, Trigger.INFORMATION_GIVEN): Step.PASSWORD,
    (Step.PASSWORD, Trigger.PASSWORD_CHOSEN): Step.USAGE_RULES,
    (Step.USAGE_RULES, Trigger.USAGE_RULES_ACCEPTED): Step.TERMS,
    (Step.TERMS, Trigger.TERMS_ACCEPTED): Step.EMAIL,
    (Step.EMAIL, Trigger.EMAIL_CONFIRMED): Step.PROTECTION,
    (Step.EMAIL, Trigger.EMAIL_POSTPONED): Step.PROTECTION,
    (Step.PROTECTION, Trigger.PROTECTED): Step.DONE,
}

# A provisional password must be replaced: PASSWORD is never skipped.
SKIPPED_TO = {
    Step.RENEWAL_FACTOR: Step.INFORMATION,
    Step.SECOND_FACTOR: Step.USAGE_RULES,
    Step.INFORMATION: Step.PASSWORD,
    Step.USAGE_RULES: Step.TERMS,
    Step.TERMS: Step.EMAIL,
    Step.EMAIL: Step.PROTECTION,
    Step.PROTECTION: Step.DONE,
}
TABLE = Table(TRANSITIONS, lambda _step, _act: "Cette étape n’est pas celle de votre connexion.", OutOfOrder)
FACTOR_STEPS = (Step.SECOND_FACTOR, Step.RENEWAL_FACTOR)


def advance(step: Step, act: Trigger, satisfied: Set[Step] = frozenset()) -> Step:
    """The step after the trigger; `satisfied` holds the steps this account can skip.

    Raises OutOfOrder; the caller must then write nothing.
    """
    following = TABLE.advance(step, act)
    while following in satisfied and following in SKIPPED_TO:
        following = SKIPPED_TO[following]
    return following


def satisfied_steps(
    *,
    information_given: bool,
    consented: Set[Step],
    has_factor: bool,
    protection_due: bool,
    email_due: bool = False,
) -> Set[Step]:
    """The steps to skip. `email_due`: an address was typed and is not confirmed yet; `protection_due`: a second factor
    is required before the session can be used, or is offered."""
    done = set(consented)
    if information_given:
        done.add(Step.INFORMATION)
    if not has_factor:
        done.update(FACTOR_STEPS)
    if not email_due:
        done.add(Step.EMAIL)
    if has_factor or not protection_due:
        done.add(Step.PROTECTION)
    return frozenset(done)


def mermaid() -> str:
    """The table as a Mermaid diagram for the documentation; skipped steps are labelled « already done »."""
    lines = ["stateDiagram-v2", f"    [*] --> {Step.CREDENTIALS}"]
    lines += [f"    {step} --> {following} : {act}" for (step, act), following in TRANSITIONS.items()]
    lines += [f"    {step} --> {following} : already done" for step, following in SKIPPED_TO.items()]
    return "\n".join([*lines, f"    {Step.DONE} --> [*]"])
