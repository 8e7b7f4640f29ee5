"""Idempotent forms of /compte, and why the other forms need not be: one of the two tables lists every POST."""

import hashlib

from chassis import clock
from chassis.alone import alone
from chassis.runtime import Runtime
from flask import Flask, session
from webui.sent_forms import SentForms

from identity.models import SENT_FORMS
from identity.sessions.browser import signed_in

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
# Proofs of identity are verified and counted at each request and never answered from stored results.
PROOF = "proves identity: verified and counted each time, never answered from an earlier attempt's result"
STEP = "advances the sign-in by one step, under a lock: sent again, it redirects to the next step"
CHALLENGE = "creates a challenge for the device: a new one replaces the last, and nothing else changes"
PROGRAM = "called by a program that authenticates itself: the protocol defines the answer to a repeated request"
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
    "information.personal": "saves the page's values: the same again changes nothing and publishes nothing",
    "security.end_sessions": "ends the other sessions: sent again it finds none",
    "activity.end_one": "ends one session: a session that has already ended is not an error",
    "password_advice.advise": "checks whether a password is acceptable, and changes nothing",
    "keys.ask_new": CHALLENGE,
    "authorization.authorize": "answers with a single-use code, or with the page to sign in: a client may repeat it",
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
    """Owner of the forms: the account, or the browser if nobody is signed in."""
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
        # No service behind these pages recognises a form's key, so a repeated form waits for the first one.
        alone=lambda whose: alone(runtime.engine, f"forms {whose}"),
        now=lambda: clock.now().timestamp(),
    )


def purge_sent_forms(runtime: Runtime) -> None:
    sent_forms(runtime).purge()


def add_sent_forms(app: Flask, runtime: Runtime) -> None:
    sent_forms(runtime).install(app)
