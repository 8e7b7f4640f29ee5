"""From the first step to the transmission: what to save, what comes next, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from chassis.problems import FieldError, Invalid

from declaration.domain import checks, steps
from declaration.domain.draft import Draft, Information, Known, Rent, Situation, StoredDraft, from_json, to_json
from declaration.domain.states import State
from declaration.domain.steps import Context

LONGEST_REASON = 500
EDITABLE = frozenset({State.TO_DECLARE, State.DRAFT})


class NextStep(StrEnum):
    """Where the landlord goes next."""

    INFORMATION = "information"
    SITUATION = "situation"
    RENT = "rent"
    SUMMARY = "summary"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A thing to confirm, and the landlord's answer: None, or a reason that may be empty."""

    code: checks.Code
    message: str
    reason: str | None

    @property
    def confirms(self) -> str:
        return checks.TO_CONFIRM[self.code].confirms

    @property
    def confirmed(self) -> bool:
        return self.reason is not None


def save(draft: Draft, change: Mapping[str, Any], known: Known, context: Context) -> Draft:
    """The draft with the given steps replaced.

    `change` holds any of information, situation, rent, confirmations. Raises Invalid with all errors; then nothing
    changes. A confirmation is dropped when the values that it was about change.
    """
    errors: list[FieldError] = []
    saved = draft
    if "information" in change:
        information, refused = steps.information(change["information"], context)
        errors += refused
        saved = replace(saved, information=information or saved.information)
    if "situation" in change:
        situation, refused = steps.situation(change["situation"], context, lease_start(saved, known))
        errors += refused
        saved = replace(saved, situation=situation or saved.situation)
    if "rent" in change:
        rent, refused = steps.rent(change["rent"])
        errors += refused
        saved = replace(saved, rent=rent or saved.rent)
    errors += _refused_reasons(change.get("confirmations", {}))
    if errors:
        raise Invalid(errors)
    return replace(saved, confirmations=_confirmations(draft, saved, change.get("confirmations", {}), known, context))


def _refused_reasons(given: Mapping[str, Any]) -> list[FieldError]:
    rule = f"un texte de {LONGEST_REASON} caractères au plus, ou vide pour confirmer sans explication"
    return [
        FieldError(
            pointer=f"/confirmations/{code}",
            code="reason",
            detail="Ce motif n’est pas lisible ou il est trop long.",
            rule=rule,
            example="Loyer révisé au 1er juillet selon l’IRL",
        )
        for code, reason in given.items()
        if not isinstance(reason, str) or len(reason) > LONGEST_REASON
    ]


def _confirmations(
    before: Draft, after: Draft, given: Mapping[str, str], known: Known, context: Context
) -> dict[str, str]:
    asked_before = set(checks.to_confirm(before, known, context.year))
    kept = {}
    for check in checks.to_confirm(after, known, context.year):
        if check.code in given:
            kept[check.code.value] = given[check.code].strip()
        elif check in asked_before and check.code in before.confirmations:
            kept[check.code.value] = before.confirmations[check.code]
    return kept


def lease_start(draft: Draft, known: Known) -> date:
    """The day of entry as corrected by the landlord, else as known to the Caf."""
    return draft.information.lease_start if draft.information else known.lease_start


def confirmations(draft: Draft, known: Known, year: int) -> list[Confirmation]:
    """What must be confirmed, with the answers given so far."""
    return [
        Confirmation(check.code, check.message, draft.confirmations.get(check.code))
        for check in checks.to_confirm(draft, known, year)
    ]


def step_errors(draft: Draft, known: Known, context: Context) -> list[FieldError]:
    """Errors of saved steps: a step saved later contradicts them, such as a departure now before the entry, or a
    required field did not exist when they were saved."""
    errors = steps.unanswered("information", draft.information) + steps.unanswered("rent", draft.rent)
    if draft.situation is not None:
        errors += steps.situation(to_json(draft.situation), context, lease_start(draft, known))[1]
    return errors


def next_step(draft: Draft, state: State, known: Known, context: Context) -> NextStep:
    """The first unfinished step; the summary when all are finished; done once nothing can be edited."""
    if state not in EDITABLE:
        return NextStep.DONE
    wrong = {error.pointer.split("/")[1] for error in step_errors(draft, known, context)}
    finished = {
        NextStep.INFORMATION: _verified(draft),
        NextStep.SITUATION: draft.situation is not None,
        NextStep.RENT: draft.rent is not None,
    }
    return next((step for step, done in finished.items() if not done or step in wrong), NextStep.SUMMARY)


def missing(draft: Draft, known: Known, context: Context) -> list[FieldError]:
    """All that prevents the draft's transmission; empty when it is complete."""
    rule = "les trois étapes sont remplies et chaque point signalé est confirmé"
    errors = [
        FieldError(pointer=f"/{step}", code="step_missing", detail=sentence, rule=rule)
        for step, sentence, done in (
            ("information", "Vérifiez et confirmez d’abord les informations connues de la Caf.", _verified(draft)),
            ("situation", "Indiquez la situation du locataire.", draft.situation is not None),
            ("rent", "Indiquez le loyer de juillet.", draft.rent is not None),
        )
        if not done
    ]
    errors += step_errors(draft, known, context)
    errors += [
        FieldError(pointer=f"/confirmations/{each.code}", code="not_confirmed", detail=each.message, rule=rule)
        for each in confirmations(draft, known, context.year)
        if not each.confirmed
    ]
    return errors


def _verified(draft: Draft) -> bool:
    return draft.information is not None and draft.information.confirmed


def load(stored: Mapping[str, Any]) -> Draft:
    """The draft from the output of `dump`."""
    return Draft(
        from_json(Information, stored.get("information")),
        from_json(Situation, stored.get("situation")),
        from_json(Rent, stored.get("rent")),
        dict(stored.get("confirmations") or {}),
    )


def dump(draft: Draft) -> StoredDraft:
    return {
        "information": to_json(draft.information) if draft.information else None,
        "situation": to_json(draft.situation) if draft.situation else None,
        "rent": to_json(draft.rent) if draft.rent else None,
        "confirmations": dict(draft.confirmations),
    }
