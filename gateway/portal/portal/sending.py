"""Which forms act once, labelled by what they do, and why the others need not: every POST is in one of the two."""

from urllib.parse import urlsplit

from flask import Flask, Response
from sqlalchemy import Engine
from webui.sent_forms import SentForms

from portal.sign_in.person import signed_in
from portal.store import SENT_FORMS

ACTS = {
    "declare.synthese": "transmettre la déclaration",
    "declare.abandonment": "abandonner la rectification",
    "declare.amendment": "rectifier la déclaration",
    "declare.files": "envoyer le fichier",
    "declare.lots": "transmettre en lot",
    "habilitation.new_user": "créer l’utilisateur",
    "habilitation.new_group": "ajouter le groupe",
    "habilitation.send_credentials": "renvoyer les identifiants",
    "habilitation.withdraw": "retirer l’utilisateur",
    "habilitation.delegation": "confier la délégation",
    "habilitation.withdraw_delegation": "retirer la délégation",
    "registry.index": "envoyer le fichier du registre",
    "campaigns.new": "préparer la campagne",
    "campaigns.act": "changer l’état de la campagne",
    "campaigns.open_all": "ouvrir toutes les campagnes",
    "landlords.move": "changer le bailleur d’organisme ou de Caf",
    "letters.acknowledge": "enregistrer le reçu de l’imprimeur",
    "accounts.act": "agir sur ce compte",
    "exports.acknowledge": "enregistrer le reçu de la Caf",
    "answers.index": "envoyer le fichier des réponses",
    "papers.index": "commencer l’attestation",
    "papers.begin": "commencer l’attestation",
    "papers.decision": "enregistrer l’attestation",
    "papers.discard": "écarter l’attestation",
    "factor_resets.decide": "décider du retrait",
    "reports.missing": "envoyer le signalement",
    "reports.gone": "envoyer le signalement",
    "reports.one": "répondre au signalement",
    "reports.take": "prendre en charge le signalement",
}
SAVES = "saves over what the page showed, by its ETag: the same again changes nothing, another's change is shown"
EXEMPT = {
    "exports.index": "makes a batch of what is new: the next holds nothing of it, and a key stops a double click",
    "kept_forms.drop": "forgets what is kept of one form: there is nothing to forget a second time",
    "sign_in.leave": "ends a session: there is nothing to end a second time",
    "declare.informations": SAVES,
    "declare.situation": SAVES,
    "declare.loyer": SAVES,
    "declare.grid": SAVES,
    "papers.sheet": SAVES,
    "declare.application": "applies one file, whose state in the service says that it is applied",
    "campaigns.dates": "sets days: the same again changes nothing in the service",
    "accounts.search": "searches, and changes nothing",
}


def led_to_sign_in(answer: Response) -> bool:
    """Whether the session had ended, so that nothing was done."""
    return urlsplit(answer.location or "").path == "/connexion"


def account() -> str:
    """The account that owns these forms."""
    person = signed_in()
    return person.account_id if person else ""


def add_sent_forms(app: Flask, engine: Engine) -> SentForms:
    """Registers it; the returned object purges old rows."""
    sent = SentForms(lambda: engine, SENT_FORMS, ACTS, account, led_to_sign_in)
    sent.install(app)
    return sent
