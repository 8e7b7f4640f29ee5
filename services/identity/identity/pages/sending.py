"""Which forms of /compte act once, and why the others need not: every POST of identity's pages is in one of the two."""

import hashlib

from chassis import clock
from chassis.alone import alone
from chassis.runtime import Runtime
from flask import Flask, session
from webui.sent_forms import SentForms

from identity.models import SENT_FORMS
from identity.pages.session import signed_in

ACTS = {
    "recovery.lost_identifier": "demander votre identifiant et un mot de passe provisoire",
    "recovery.forgotten_password": "demander un mot de passe provisoire",
    "devices.ask": "demander un lien de connexion",
    "first_sign_in.another_code": "envoyer un code",
    "information.email": "envoyer un code à cette adresse",
    "information.confirmation": "confirmer cette adresse",
    "security.password": "changer votre mot de passe",
    "applications.add": "ajouter l’application d’authentification",
    "applications.remove": "retirer l’application d’authentification",
    "keys.add": "ajouter la clé d’accès",
    "keys.remove": "retirer la clé d’accès",
    "recovery_codes.renew": "préparer des codes de secours",
}
# What proves who one is must be right each time it is sent, is counted each time, and is answered from no table.
PROOF = "proves who one is: looked at and counted each time, and never answered from what an earlier try left"
STEP = "moves the sign-in on by one step, under a lock: sent again, it finds the step taken and leads to the next one"
CHALLENGE = "draws a number for the device: a new one takes the place of the last, and nothing else changes"
PROGRAM = "of a program that proves itself, without a page: the protocol says what a repeated request gets"
EXEMPT = {
    "sign_in.connexion": PROOF,
    "sign_in.deconnexion": "ends a session: there is nothing to end a second time",
    "second_step.ask_key": CHALLENGE,
    "second_step.by_key": PROOF,
    "second_step.second_factor": PROOF,
    "second_step.ask_own_key": CHALLENGE,
    "second_step.by_own_key": PROOF,
    "proof.prove": PROOF,
    "proof.ask_key": CHALLENGE,
    "proof.by_key": PROOF,
    "devices.follow": "opens a link: opened twice it makes one device",
    "first_sign_in.information": STEP,
    "first_sign_in.password": STEP,
    "first_sign_in.usage_rules": STEP,
    "first_sign_in.terms": STEP,
    "first_sign_in.email": STEP,
    "first_sign_in.email_later": STEP,
    "protection.go_without": STEP,
    "information.personal": "saves over what the page showed: the same again changes nothing, and tells nobody",
    "security.end_sessions": "ends the other sessions: sent again it finds none",
    "activity.end_one": "ends one session: one already over is as well as ended",
    "password_advice.advise": "says whether a password would do, and changes nothing",
    "keys.ask_new": CHALLENGE,
    "authorization.authorize": "answers with a code good once, or with the page to sign in: a client asks at will",
    "oidc.token": PROGRAM,
    "oidc.revoke": PROGRAM,
    "oidc.introspect": PROGRAM,
    "oidc.userinfo": PROGRAM,
    "oidc.logout": "ends a session: there is nothing to end a second time",
}
SECRETS = {
    "current": "Mot de passe actuel",
    "password": "Nouveau mot de passe",
    "code": "Code",
}


def owner() -> str:
    """Whose forms these are: the account's, else the browser's that is not signed in."""
    found = signed_in()
    if found is not None:
        return str(found.account.id)
    identifier: str | None = session.identifier  # type: ignore[attr-defined]  # webui's ServerSession
    return hashlib.sha256(f"forms of {identifier}".encode()).hexdigest() if identifier else ""


def sent_forms(runtime: Runtime) -> SentForms:
    return SentForms(
        lambda: runtime.engine,
        SENT_FORMS,
        ACTS,
        owner,
        secrets=SECRETS,
        # No service behind these pages knows a form by its key: the second waits for what the first did.
        alone=lambda whose: alone(runtime.engine, f"forms {whose}"),
        now=lambda: clock.now().timestamp(),
    )


def purge_sent_forms(runtime: Runtime) -> None:
    sent_forms(runtime).purge()


def add_sent_forms(app: Flask, runtime: Runtime) -> None:
    sent_forms(runtime).install(app)
