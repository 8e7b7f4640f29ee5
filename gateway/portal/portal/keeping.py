"""What expired forms keep, under a key of the portal's own; and which forms keep nothing."""

import hashlib
import hmac
from dataclasses import replace

from chassis.keys import b64
from chassis.sealing import open_personal, seal_personal
from flask import Flask
from sqlalchemy import Engine
from webui.kept_forms import KeptForms

from portal.sending import account, led_to_sign_in
from portal.settings import PortalSettings
from portal.store import KEPT_FORMS

DROP = "kept_forms.drop"
NOTHING_TYPED = "a button, with nothing to fill in"
ONLY_A_FILE = "a file alone, and files are not kept"
NOT_KEPT = {
    DROP: NOTHING_TYPED,
    "sign_in.leave": NOTHING_TYPED,
    "declare.abandonment": NOTHING_TYPED,
    "declare.application": NOTHING_TYPED,
    "declare.lots": NOTHING_TYPED,
    "habilitation.send_credentials": NOTHING_TYPED,
    "campaigns.act": NOTHING_TYPED,
    "campaigns.open_all": NOTHING_TYPED,
    "reports.take": NOTHING_TYPED,
    "declare.files": ONLY_A_FILE,
    "registry.index": ONLY_A_FILE,
    "accounts.search": "one line, often a person's name or e-mail, that changes nothing: not worth keeping it",
}


def add_kept_forms(app: Flask, settings: PortalSettings, engine: Engine) -> KeptForms:
    """Registers it; the returned object purges old rows."""
    # The portal must not hold the event key: this one is derived from its own secret.
    derived = hmac.new(str(app.secret_key).encode(), b"portal kept forms", hashlib.sha256).digest()
    own = replace(settings, event_key=b64(derived))
    kept = KeptForms(
        engine=lambda: engine,
        table=KEPT_FORMS,
        seal=lambda typed: seal_personal(own, typed),
        unseal=lambda sealed: open_personal(own, sealed),
        owner=account,
        not_kept=NOT_KEPT,
        drop=DROP,
        left=led_to_sign_in,
    )
    kept.install(app)
    return kept
