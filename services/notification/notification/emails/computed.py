"""What a few e-mails show besides their variables: sentences that depend on several of them, or on a code."""

from collections.abc import Callable
from typing import Any

from notification.domain.messages import Template
from notification.emails import french
from notification.emails.formats import Written
from notification.emails.notices import NOTICES, described

# Any: the variables as stored, checked against their types in the table before.
Stored = dict[str, Any]

REASONS = {
    "creation": "Un accès à l’Offre Bailleurs, sur Mon Compte Partenaire, vient d’être ouvert pour vous.",
    "identifier_recovery": "Vous avez demandé à retrouver votre identifiant pour Mon Compte Partenaire.",
    "password_recovery": "Vous avez demandé un nouveau mot de passe pour Mon Compte Partenaire.",
    "reissue": "De nouveaux accès à Mon Compte Partenaire viennent d’être préparés pour vous.",
}

REPORTS = {
    "missing_tenant": "un locataire absent de votre liste",
    "no_longer_mine": "un locataire qui n’est plus le vôtre",
}


def _credentials(stored: Stored) -> dict[str, Written]:
    return {"reason": REASONS[stored["purpose"]], "about": _account_label(stored["caf_code"], stored["number_end"])}


def _account_label(caf_code: str | None, number_end: str | None) -> str:
    """Names the account, for people who have several: a login and a password with the same name belong together."""
    number = f"N°{french.NBSP}utilisateur qui finit par {number_end}" if number_end else ""
    return ", ".join(part for part in (f"Caf{french.NBSP}{caf_code}" if caf_code else "", number) if part)


def _july(stored: Stored) -> dict[str, Written]:
    tenancies = stored["tenancies"]
    tenants = "de votre locataire" if tenancies == 1 else f"de vos {tenancies}{french.NBSP}locataires"
    return {"next_year": stored["year"] + 1, "tenants": tenants}


def _answered(stored: Stored) -> dict[str, Written]:
    """An answer that the Caf gave to no declaration is left out."""
    answers = {name: stored[name] for name in ("integrated", "questions", "rejected")}
    waiting = answers["questions"] + answers["rejected"]
    verb = "attend" if waiting == 1 else "attendent"
    return {
        "waiting": f"{french.declarations(waiting)} {verb} votre réponse" if waiting else "",
        **{name: french.declarations(number) if number else "" for name, number in answers.items()},
    }


def _report_answered(stored: Stored) -> dict[str, Written]:
    return {"about": REPORTS[stored["kind"]], "accepted": stored["outcome"] == "accepted"}


def _batch_recap(stored: Stored) -> dict[str, Written]:
    return {"one": stored["declarations"] == 1}


def _security_notice(stored: Stored) -> dict[str, Written]:
    notice = NOTICES[stored["kind"]]
    return {
        "title": notice.title,
        "fact": described(notice, stored["factor"]),
        "expected": notice.expected,
        "otherwise": notice.otherwise,
    }


COMPUTED: dict[Template, Callable[[Stored], dict[str, Written]]] = {
    Template.LOGIN: _credentials,
    Template.PROVISIONAL_PASSWORD: _credentials,
    Template.JULY: _july,
    Template.ANSWERED: _answered,
    Template.REPORT_ANSWERED: _report_answered,
    Template.BATCH_RECAP: _batch_recap,
    Template.SECURITY_NOTICE: _security_notice,
}
