"""Who sees which object, and which objects each operation of each API takes: the isolation that is tested and shown.

An operation that is not here fails the tests: whoever adds one says which objects its path, query and body name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ANONYMOUS, ADMIN_A, LIMITED_A, PROGRAM_A = "anonymous", "administrator of A", "user of A, private only", "program of A"
NATURAL, ADMIN_B, AGENT_A, AGENT_B = "natural person", "administrator of B", "agent of Caf 359", "agent of Caf 353"
SUPERVISOR = "supervisor"
CALLERS = (ANONYMOUS, ADMIN_A, LIMITED_A, PROGRAM_A, NATURAL, ADMIN_B, AGENT_A, AGENT_B, SUPERVISOR)
Callers = frozenset[str]

PEOPLE = frozenset({ADMIN_A, LIMITED_A, NATURAL, ADMIN_B})
AGENTS = frozenset({AGENT_A, AGENT_B, SUPERVISOR})
OF_A, OF_B = frozenset({AGENT_A, SUPERVISOR}), frozenset({AGENT_B, SUPERVISOR})
MANAGERS = frozenset({ADMIN_A, ADMIN_B})
NOBODY: Callers = frozenset()

_CONVENTIONED = OF_A | {ADMIN_A}
_PRIVATE = _CONVENTIONED | {LIMITED_A}
_IN_B = OF_B | {ADMIN_B}
_IN_P = OF_A | {NATURAL}
_PROGRAM = frozenset({PROGRAM_A})
_BY_CAF = {"A": OF_A, "B": OF_B}
_OF_LANDLORD = {"A": frozenset({ADMIN_A}), "B": frozenset({ADMIN_B})}
_COLLEAGUES = ("colleague of A", LIMITED_A, PROGRAM_A)

# Kind of object -> its name in the world -> who sees it. Whoever does not gets the answer of one that does not exist.
KINDS: Mapping[str, Mapping[str, Callers]] = {
    "account": {
        **dict.fromkeys((ADMIN_A, NATURAL, *_COLLEAGUES), OF_A),
        **dict.fromkeys((ADMIN_B, "colleague of B"), OF_B),
        **dict.fromkeys((AGENT_A, AGENT_B), frozenset({SUPERVISOR})),
        SUPERVISOR: NOBODY,
    },
    "organisation": {"A": _PRIVATE, "B": _IN_B, "P": _IN_P},
    "organisation with users": {"A": _PRIVATE, "B": _IN_B, "P": NOBODY},
    "user": {
        **dict.fromkeys(_COLLEAGUES, _PRIVATE),
        "colleague of B": _IN_B,
        "path of A, user of B": NOBODY,
    },
    "group": {"A private": _PRIVATE, "A conventioned": _CONVENTIONED, "B private": _IN_B},
    "session": {name: frozenset({name}) for name in (*sorted(PEOPLE), PROGRAM_A, "colleague of A", "colleague of B")},
    "factor reset": {**_BY_CAF, "account of A, reset of B": NOBODY},
    "landlord": {**_BY_CAF, "P": OF_A},
    "own number": {"A": _PRIVATE | _PROGRAM, "B": _IN_B, "P": _IN_P},
    "declaration": {
        **dict.fromkeys(("A private", "A private, sent"), _PRIVATE | _PROGRAM),
        **dict.fromkeys(("A conventioned", "A conventioned, sent"), _CONVENTIONED | _PROGRAM),
        **dict.fromkeys(("B private", "B private, sent"), _IN_B),
        "P": _IN_P,
    },
    "paper": _BY_CAF,
    "file of rows": _OF_LANDLORD,
    "lot": _OF_LANDLORD,
    "campaign": _BY_CAF,
    "opening": {"all Cafs": frozenset({SUPERVISOR})},
    "registry import": _BY_CAF,
    "export": _BY_CAF,
    "answers": _BY_CAF,
    "report": {"A private": _PRIVATE, "A conventioned": _CONVENTIONED, "B private": _IN_B},
    "message": _BY_CAF,
    "print batch": _BY_CAF,
    "receipt": {
        **dict.fromkeys(("A private", "A private, sent"), _PRIVATE | _PROGRAM),
        **dict.fromkeys(("A conventioned", "A conventioned, sent"), _CONVENTIONED | _PROGRAM),
        **dict.fromkeys(("B private", "B private, sent"), _IN_B),
    },
    "printed number": {"A": NOBODY, "B": NOBODY, "P": NOBODY},
}


@dataclass(frozen=True)
class Use:
    """How a request names an object of a kind: path, query or body, with `{names}` to fill in.

    `stranger`: the status for an object that does not exist, hence for one that the caller does not see.
    """

    kind: str
    query: str = ""
    body: Any = None
    file: str = ""
    stranger: int = 404
    # Whether who sees the object gets another answer than who does not.
    tells: bool = True
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Operation:
    """`may`: who gets something else than a refusal; `adds`: tables where even a stranger's request leaves a row of the
    stranger's own."""

    may: Callers
    uses: tuple[Use, ...] = ()
    body: Any = None
    query: str = ""
    adds: tuple[str, ...] = ()


REASON = {"reason": "Appel du bailleur au guichet, pièce d’identité vue."}
# A key of its own for each request: a key used again answers for the first.
KEY = {"Idempotency-Key": "{key}"}
MATCH = {"If-Match": '"999"'}
PERSON = {"civility": "Mme", "last_name": "Nouvelle", "first_name": "Léa", "email": "lea@nouvelle.example"}
DATES = {"deadline": "2026-11-20", "cut_off": "2027-01-20", "reminders": ["2026-10-16"], **REASON}
CELLS = {"confirmed": "oui", "present": "oui", "rent_up_to_date": "oui", "rent": "415,00", "charges": "38"}
_GROUP = {"label": "Agence sud", "scopes": [{"housing_type": "private", "zone": "35"}]}
_ROW = {
    "id": "{declaration_id}",
    "etag": '"999"',
    "tenant": {"number": "{tenant_number}"},
    "dwelling": {"reference": "L-{tenant_number}"},
    "cells": CELLS,
}
_GONE = {"kind": "no_longer_mine", "declaration_id": "{declaration_id}", "happened_on": "2026-03-31"}
_MISSING = {
    "kind": "missing_tenant",
    "user_number": "{user_number}",
    "housing_type": "private",
    "tenant": {"tenant_last_name": "Neuf", "address": ["3 RUE DES LILAS", "35000 RENNES"], "commune_insee": "35238"},
}
_BATCH = {"letters": 1, "pages": 1, "rejected": []}
_SHA = "0" * 64
_ACCOUNT = Use("account", body=REASON)
_ORGANISATION = Use("organisation", body=REASON)
_USERS = Use("organisation with users")
_USER = Use("user", body=REASON, headers=KEY)
_RESET = Use("factor reset", body=REASON)
_DECLARATION = Use("declaration")
_OF_DECLARATION = "declaration={declaration_id}"
_CAMPAIGN_OF = {"year": 2026, "deadline": "2026-11-20", "cut_off": "2027-01-20", "caf_code": "{caf_code}"}
_COMPANY = {"siret": "44306184100047", "name": "REGIE DELTA", "version": 1, **REASON}
_PERSON = {"civility": "Mme", "last_name": "DELTA", "version": 1, **REASON}
_CAMPAIGN = Use("campaign", query="caf_code={caf_code}")


def _acts(*names: str, use: Use, may: Callers, base: str, **more: Any) -> dict[str, Operation]:
    return {f"{base}/{name}": Operation(may, (use,), **more) for name in names}


IDENTITY = {
    "GET /me": Operation(PEOPLE | AGENTS),
    "PATCH /me": Operation(PEOPLE, body={"telephone": "02 99 00 00 01"}),
    "GET /me/sessions": Operation(PEOPLE | AGENTS),
    "DELETE /me/sessions": Operation(PEOPLE | AGENTS),
    "DELETE /me/sessions/{session_id}": Operation(PEOPLE, (Use("session"),)),
    "GET /me/activity": Operation(PEOPLE | AGENTS),
    "GET /me/activity/export": Operation(PEOPLE | AGENTS),
    "POST /recoveries/identifier": Operation(
        frozenset({ANONYMOUS}),
        (Use("printed number", body={"user_number": "{user_number}"}, stranger=202),),
        adds=("recovery_request",),
    ),
    "POST /recoveries/password": Operation(
        frozenset({ANONYMOUS}),
        (Use("printed number", body={"email": "{email}"}, stranger=202),),
        adds=("recovery_request",),
    ),
    "POST /account-searches": Operation(
        AGENTS,
        (
            Use("landlord", body={"user_number": "{user_number}"}, stranger=200),
            Use("account", body={"email": "{email}"}, stranger=200),
        ),
    ),
    "GET /accounts/{account_id}": Operation(AGENTS, (Use("account"),)),
    "GET /accounts/{account_id}/activity": Operation(AGENTS, (Use("account"),)),
    "GET /factor-resets": Operation(AGENTS),
    **_acts(
        "factor-resets",
        "restoration",
        "password-change",
        "suspension",
        use=_ACCOUNT,
        may=AGENTS,
        base="POST /accounts/{account_id}",
    ),
    **_acts("refusal", "approval", use=_RESET, may=AGENTS, base="POST /accounts/{account_id}/factor-resets/{reset_id}"),
    **_acts("suspension", "restoration", use=_ORGANISATION, may=AGENTS, base="POST /organisations/{organisation_id}"),
    **_acts("closing", use=_ACCOUNT, may=AGENTS, base="POST /accounts/{account_id}"),
}
_O = "/organisations/{organisation_id}"
HABILITATION = {
    "GET /me/access": Operation(PEOPLE),
    f"GET {_O}": Operation(PEOPLE | AGENTS, (Use("organisation"),)),
    f"GET {_O}/groups": Operation((PEOPLE | AGENTS) - {NATURAL}, (_USERS,)),
    f"GET {_O}/users": Operation((PEOPLE | AGENTS) - {NATURAL}, (_USERS,)),
    f"GET {_O}/zones": Operation(MANAGERS, (_USERS,)),
    f"GET {_O}/journal": Operation(MANAGERS, (_USERS,)),
    f"POST {_O}/groups": Operation(MANAGERS, (Use("organisation with users", body=_GROUP, headers=KEY),)),
    f"POST {_O}/users": Operation(
        MANAGERS,
        (
            Use("organisation with users", body={**PERSON, "groups": ["{group_id}"]}, headers=KEY),
            Use("group", body={**PERSON, "groups": ["{group_id}"]}, headers=KEY, stranger=422),
        ),
    ),
    f"POST {_O}/users/{{account_id}}/delegation": Operation(
        MANAGERS,
        (
            Use("user", body={"all_groups": True, "groups": [], **REASON}, headers=KEY),
            Use("group", body={"all_groups": False, "groups": ["{group_id}"], **REASON}, headers=KEY, stranger=422),
        ),
    ),
    f"POST {_O}/users/{{account_id}}/credentials": Operation(MANAGERS, (Use("user", headers=KEY),)),
    **_acts("delegation-withdrawal", "withdrawal", use=_USER, may=MANAGERS, base=f"POST {_O}/users/{{account_id}}"),
}
_D = "/declarations/{declaration_id}"
READERS = PEOPLE | AGENTS | _PROGRAM
DECLARATION = {
    "GET /declarations": Operation(READERS, (Use("own number", query="user_number={user_number}", stranger=200),)),
    "GET /declarations/remaining": Operation(READERS),
    "GET /declared-fields": Operation(READERS),
    "GET /declarations/export": Operation(PEOPLE | AGENTS),
    f"GET {_D}": Operation(READERS, (_DECLARATION,)),
    f"GET {_D}/history": Operation(PEOPLE | AGENTS, (_DECLARATION,)),
    f"PUT {_D}/draft": Operation(PEOPLE, (Use("declaration", body={"rent": {"rent": "1"}}, headers=MATCH),)),
    f"POST {_D}/transmission": Operation(PEOPLE, (Use("declaration", headers=MATCH),)),
    f"POST {_D}/amendments": Operation(PEOPLE, (Use("declaration", body=REASON),)),
    f"POST {_D}/abandonment": Operation(PEOPLE, (Use("declaration", headers=MATCH),)),
    "POST /paper-searches": Operation(
        AGENTS,
        (Use("declaration", body={"user_number": "{user_number}", "tenant_number": "{tenant_number}"}, stranger=200),),
    ),
    "GET /papers": Operation(AGENTS, (Use("paper", query=_OF_DECLARATION, stranger=200),)),
    "POST /papers": Operation(
        AGENTS, (Use("declaration", body={"declaration_id": "{declaration_id}", "received_on": "2026-09-01"}),)
    ),
    "GET /papers/{paper_id}": Operation(AGENTS, (Use("paper"),)),
    "PUT /papers/{paper_id}/draft": Operation(
        AGENTS, (Use("paper", body={"received_on": "2026-09-01"}, headers=MATCH),)
    ),
    "POST /papers/{paper_id}/filing": Operation(
        AGENTS, (Use("paper", body={"declaration_etag": '"1"'}, headers=MATCH),)
    ),
    "POST /papers/{paper_id}/discarding": Operation(AGENTS, (Use("paper", body=REASON, headers=MATCH),)),
    "GET /drafts": Operation(PEOPLE),
    "PUT /drafts": Operation(PEOPLE, (Use("declaration", body={"rows": [_ROW]}, stranger=200),)),
    "GET /declaration-template": Operation(PEOPLE, query="format=csv"),
    "GET /declaration-imports": Operation(PEOPLE),
    "POST /declaration-imports": Operation(
        PEOPLE,
        (Use("declaration", file="Repère;Loyer\n{declaration_id};415\n", stranger=202, tells=False),),
        adds=("declaration_import", "journal"),
    ),
    "GET /declaration-imports/{import_id}": Operation(PEOPLE, (Use("file of rows"),)),
    "GET /declaration-imports/{import_id}/errors": Operation(PEOPLE, (Use("file of rows"),)),
    "GET /declaration-imports/{import_id}/correction": Operation(PEOPLE, (Use("file of rows"),)),
    "POST /declaration-imports/{import_id}/application": Operation(PEOPLE, (Use("file of rows"),)),
    "GET /transmissions": Operation(PEOPLE),
    "POST /transmissions": Operation(
        PEOPLE,
        (Use("declaration", body={"ids": ["{declaration_id}"]}, stranger=202),),
        adds=("batch_transmission", "batch_transmission_line", "journal"),
    ),
    "GET /transmissions/{lot_id}": Operation(PEOPLE, (Use("lot"),)),
    "GET /transmissions/{lot_id}/lines": Operation(PEOPLE, (Use("lot"),)),
    "GET /campaigns": Operation(AGENTS, (Use("campaign", query="caf_code={caf_code}", stranger=200),)),
    "POST /campaigns": Operation(AGENTS, (Use("campaign", body=_CAMPAIGN_OF),)),
    "GET /campaigns/{year}": Operation(AGENTS, (_CAMPAIGN,)),
    "PUT /campaigns/{year}/dates": Operation(AGENTS, (Use("campaign", query="caf_code={caf_code}", body=DATES),)),
    "POST /campaigns/{year}/opening": Operation(AGENTS, (_CAMPAIGN,)),
    "GET /campaigns/{year}/progress": Operation(AGENTS, (_CAMPAIGN,)),
    "GET /campaigns/{year}/cafs": Operation(AGENTS),
    "POST /campaigns/{year}/closing": Operation(AGENTS, (_CAMPAIGN,)),
    "GET /campaign-openings": Operation(AGENTS),
    "POST /campaign-openings": Operation(frozenset({SUPERVISOR}), body={"year": 2026}),
    "GET /campaign-openings/{opening_id}": Operation(AGENTS, (Use("opening"),)),
    "GET /landlords/{landlord_id}": Operation(AGENTS, (Use("landlord"),)),
    "GET /registry-imports": Operation(AGENTS),
    "POST /registry-imports": Operation(AGENTS),
    "GET /registry-imports/{import_id}": Operation(AGENTS, (Use("registry import"),)),
    "GET /registry-imports/{import_id}/errors": Operation(AGENTS, (Use("registry import"),)),
    "GET /exports": Operation(AGENTS),
    "POST /exports": Operation(AGENTS, (_CAMPAIGN,)),
    "GET /exports/{export_id}": Operation(AGENTS, (Use("export"),)),
    "GET /exports/{export_id}/content": Operation(AGENTS, (Use("export"),)),
    "POST /exports/{export_id}/receipt": Operation(
        AGENTS, (Use("export", body={"lines": 1, "manifest_sha256": _SHA}),)
    ),
    "GET /answers": Operation(AGENTS),
    "POST /answers": Operation(AGENTS, (Use("campaign", query="caf_code={caf_code}", file="reference;answer\n"),)),
    "GET /answers/{import_id}": Operation(AGENTS, (Use("answers"),)),
    "GET /answers/{import_id}/errors": Operation(AGENTS, (Use("answers"),)),
    "GET /tenant-reports": Operation(PEOPLE | AGENTS, (Use("report", query=_OF_DECLARATION, stranger=200),)),
    "POST /tenant-reports": Operation(
        PEOPLE, (Use("declaration", body=_GONE), Use("own number", body=_MISSING, stranger=422))
    ),
    "GET /tenant-reports/{report_id}": Operation(PEOPLE | AGENTS, (Use("report"),)),
    "POST /tenant-reports/{report_id}/handling": Operation(AGENTS, (Use("report"),)),
    "POST /tenant-reports/{report_id}/answer": Operation(AGENTS, (Use("report", body={"outcome": "accept"}),)),
    # They move what belongs to the landlord: last.
    "POST /landlords/{landlord_id}/company": Operation(AGENTS, (Use("landlord", body=_COMPANY),)),
    "POST /landlords/{landlord_id}/natural-person": Operation(AGENTS, (Use("landlord", body=_PERSON),)),
    "POST /landlords/{landlord_id}/caf": Operation(
        frozenset({SUPERVISOR}), (Use("landlord", body={"caf_code": "569", "version": 1, **REASON}),)
    ),
}
NOTIFICATION = {
    "GET /messages": Operation(
        AGENTS,
        (
            Use("landlord", query="landlord_id={landlord_id}", stranger=200),
            Use("declaration", query="declaration_id={declaration_id}", stranger=200, tells=False),
            Use("campaign", query="caf_code={caf_code}", stranger=200),
        ),
    ),
    "GET /landlords/address-problems": Operation(AGENTS),
    "GET /landlords/{landlord_id}": Operation(AGENTS, (Use("landlord"),)),
    "GET /letter-batches": Operation(AGENTS),
    "GET /letter-batches/{batch_id}/content": Operation(AGENTS, (Use("print batch"),)),
    "POST /letter-batches/{batch_id}/receipt": Operation(AGENTS, (Use("print batch", body=_BATCH),)),
}
DOCUMENTS = {
    "GET /documents": Operation(
        PEOPLE | AGENTS, query=_OF_DECLARATION, uses=(Use("receipt", query=_OF_DECLARATION, stranger=200),)
    ),
    "GET /documents/{document_id}": Operation(PEOPLE | AGENTS, (Use("receipt"),)),
    "GET /documents/{document_id}/content": Operation(PEOPLE | AGENTS, (Use("receipt"),)),
    "GET /lots/{lot_id}": Operation(PEOPLE, (Use("lot"),)),
    "GET /lots/{lot_id}/content": Operation(PEOPLE, (Use("lot"),)),
    # Open to whoever holds a paper with the reference; it shows the date, the number and the hash only.
    "GET /verifications/{reference}": Operation(frozenset(CALLERS)),
}
OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "identity": IDENTITY,
    "habilitation": HABILITATION,
    "declaration": DECLARATION,
    "notification": NOTIFICATION,
    "documents": DOCUMENTS,
}


def strangers(operation: Operation, use: Use) -> Iterator[tuple[str, str]]:
    """(object, caller) of every request about an object that the caller does not see."""
    for name, seen_by in KINDS[use.kind].items():
        for who in CALLERS:
            if who not in seen_by and (who != ANONYMOUS or ANONYMOUS in operation.may):
                yield name, who


def insiders(operation: Operation, use: Use) -> Iterator[tuple[str, str]]:
    """(object, caller) of every request that reaches its object."""
    for name, seen_by in KINDS[use.kind].items():
        yield from ((name, who) for who in CALLERS if use.tells and who in seen_by & operation.may)


def counted(operation: Operation) -> Counter[str]:
    """How many requests about an object that the caller does not see, by caller."""
    return Counter(who for use in operation.uses for _name, who in strangers(operation, use))
