"""The heading of a declaration's page for each state, and the one action to take if any."""

from dataclasses import dataclass

from webui.typography import instant, long_date

from portal.api_types.declaration.shared import Declaration
from portal.declaration_states import DECLARATION_STATES


@dataclass(frozen=True)
class Outcome:
    """`guided`: the action asked by the Caf's answer is possible now; else `sentence` says what to do instead."""

    title: str
    well: bool = False
    sentence: str = ""
    guided: bool = True


# What the landlord can do about an answer, by its `way_on`, while the campaign accepts corrections.
ASKED = {"correct": "Corrigez-la et validez à nouveau", "reply": "Répondez à la Caf"}
CLOSED = "La campagne n’accepte plus d’envoi : appelez votre Caf en rappelant la référence."


def outcome_of(declaration: Declaration, agent: bool = False) -> Outcome:
    """For an open correction, says which version counts meanwhile; for a pending action, its deadline."""
    if declaration["status"] == "draft" and declaration["transmissions"]:
        return _correction(declaration)
    state = DECLARATION_STATES[declaration["status"]]
    asked = ASKED.get(way_on(declaration), "")
    if agent or not asked:
        return Outcome(state.title, state.well, state.sentence)
    possible = "amend" in declaration["actions"]
    until = f"{asked} jusqu’au {long_date(declaration['campaign']['cut_off'])}." if possible else CLOSED
    return Outcome(state.title, state.well, f"{state.sentence} {until}".strip(), guided=possible)


def way_on(declaration: Declaration) -> str:
    """The `way_on` of the Caf's answer to the last transmission; empty without one."""
    answer = declaration["transmissions"][0]["answer"] if declaration["transmissions"] else None
    return answer["way_on"] if answer else ""


def _correction(declaration: Declaration) -> Outcome:
    last, possible = declaration["transmissions"][0], "save" in declaration["actions"]
    received = f"La version {last['version']}, reçue le {instant(last['transmitted_at'])},"
    sentence = f"{received} compte tant que vous n’avez pas validé la rectification."
    if last["answer"] and last["answer"]["answer"] == "rejected":
        way = "Validez la rectification pour la remplacer." if possible else CLOSED
        sentence = f"{received} a été rejetée par la Caf. {way}"
    return Outcome(declaration["status_label"], sentence=sentence, guided=possible)
