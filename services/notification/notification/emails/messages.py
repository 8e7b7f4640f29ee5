"""The e-mails. Parameters are what a message row stores (JSON values); each function formats them in French.

No e-mail may hold a tenant's data or an amount; each holds at most one secret: credentials, a code or a link.
"""

from datetime import date, datetime

from notification.emails import french
from notification.emails.notices import NOTICES, described
from notification.emails.registry import email
from notification.emails.rendering import Variables

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


@email
def credentials_login(
    *,
    name: str,
    purpose: str,
    login: str,
    sign_in_url: str,
    help_url: str,
    caf_code: str | None = None,
    number_end: str | None = None,
) -> Variables:
    return {
        "about": _account_label(caf_code, number_end),
        "name": name,
        "reason": REASONS[purpose],
        "login": login,
        "sign_in_url": sign_in_url,
        "help_url": help_url,
    }


@email
def credentials_password(
    *,
    name: str,
    purpose: str,
    password: str,
    expires_at: str,
    two_messages: bool,
    sign_in_url: str,
    help_url: str,
    caf_code: str | None = None,
    number_end: str | None = None,
) -> Variables:
    """`two_messages`: whether the login is sent too, in its own e-mail."""
    return {
        "about": _account_label(caf_code, number_end),
        "name": name,
        "reason": REASONS[purpose],
        "password": password,
        "expires": french.instant(datetime.fromisoformat(expires_at)),
        "two_messages": two_messages,
        "sign_in_url": sign_in_url,
        "help_url": help_url,
    }


@email
def email_confirmation(*, name: str, code: str, expires_at: str, account_url: str) -> Variables:
    expires = french.instant(datetime.fromisoformat(expires_at))
    return {"name": name, "code": code, "expires": expires, "account_url": account_url}


@email
def email_taken(*, name: str, help_url: str) -> Variables:
    """Sent to the holder of the address when it was typed for another account."""
    return {"name": name, "help_url": help_url}


@email
def sign_in_link(*, name: str, link: str, expires_at: str) -> Variables:
    """The link makes a device known; it gives no access by itself."""
    return {"name": name, "link": link, "expires": french.instant(datetime.fromisoformat(expires_at))}


@email
def july_request(
    *,
    name: str,
    year: int,
    deadline: str,
    user_number: str,
    tenancies: int,
    caf_name: str,
    caf_telephone: str | None,
    sign_in_url: str,
    help_url: str,
) -> Variables:
    return {
        **_campaign(name, year, deadline, user_number, caf_name, caf_telephone),
        "next_year": year + 1,
        "tenants": "de votre locataire" if tenancies == 1 else f"de vos {tenancies}{french.NBSP}locataires",
        "sign_in_url": sign_in_url,
        "help_url": help_url,
    }


@email
def reminder(
    *,
    name: str,
    year: int,
    deadline: str,
    user_number: str,
    remaining: int,
    caf_name: str,
    caf_telephone: str | None,
    sign_in_url: str,
    help_url: str,
) -> Variables:
    """`remaining`: the number of declarations not transmitted yet."""
    return {
        **_campaign(name, year, deadline, user_number, caf_name, caf_telephone),
        "remaining": french.declarations(remaining),
        "sign_in_url": sign_in_url,
        "help_url": help_url,
    }


@email
def receipt(*, name: str, year: int, reference: str, received_at: str, link: str) -> Variables:
    """CRPA L. 112-11: acknowledges what the Caf received by electronic means."""
    return {
        "name": name,
        "year": year,
        "reference": reference,
        "received": french.instant(datetime.fromisoformat(received_at)),
        "link": link,
    }


@email
def security_notice(
    *, name: str, kind: str, factor: str | None, happened_at: str, account_url: str, help_url: str
) -> Variables:
    """`kind`: a key of NOTICES; `factor` names what was added or removed."""
    notice = NOTICES[kind]
    return {
        "name": name,
        "title": notice.title,
        "fact": described(notice, factor),
        "happened": french.instant(datetime.fromisoformat(happened_at)),
        "expected": notice.expected,
        "otherwise": notice.otherwise,
        "account_url": account_url,
        "help_url": help_url,
    }


@email
def report_answered(*, name: str, number: str, kind: str, outcome: str, report_url: str, help_url: str) -> Variables:
    """`kind`, `outcome` as in declaration.report_answered.v1. It names no tenant and quotes no text of the Caf."""
    return {
        "name": name,
        "number": number,
        "about": REPORTS[kind],
        "accepted": outcome == "accepted",
        "report_url": report_url,
        "help_url": help_url,
    }


@email
def answered(
    *,
    name: str,
    year: int,
    integrated: int,
    questions: int,
    rejected: int,
    caf_name: str,
    caf_telephone: str | None,
    sign_in_url: str,
    help_url: str,
) -> Variables:
    """The number of declarations per answer of the Caf."""
    waiting = questions + rejected
    verb = "attend" if waiting == 1 else "attendent"
    return {
        "name": name,
        "year": year,
        "waiting": f"{french.count(waiting, 'déclaration', 'déclarations')} {verb} votre réponse" if waiting else "",
        "integrated": french.declarations(integrated) if integrated else "",
        "questions": french.declarations(questions) if questions else "",
        "rejected": french.declarations(rejected) if rejected else "",
        "caf_name": caf_name,
        "caf_telephone": caf_telephone,
        "sign_in_url": sign_in_url,
        "help_url": help_url,
    }


@email
def lot_receipt(*, name: str, year: int, reference: str, declarations: int, ended_at: str, link: str) -> Variables:
    """CRPA L. 112-11, for declarations transmitted together: the linked page lists each with its own instant."""
    return {
        "name": name,
        "year": year,
        "reference": reference,
        "declarations": french.declarations(declarations),
        "one": declarations == 1,
        "ended": french.instant(datetime.fromisoformat(ended_at)),
        "link": link,
    }


def _account_label(caf_code: str | None, number_end: str | None) -> str:
    """Names the account, for people who have several: a login and a password with the same name belong together."""
    number = f"N°{french.NBSP}utilisateur qui finit par {number_end}" if number_end else ""
    return ", ".join(part for part in (f"Caf{french.NBSP}{caf_code}" if caf_code else "", number) if part)


def _campaign(
    name: str, year: int, deadline: str, user_number: str, caf_name: str, caf_telephone: str | None
) -> Variables:
    return {
        "name": name,
        "year": year,
        "deadline": french.long_date(date.fromisoformat(deadline)),
        "user_number": french.user_number(user_number),
        "caf_name": caf_name,
        "caf_telephone": caf_telephone,
    }
