"""The forms of second factors."""

from webui.forms import IdempotentForm, PageForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from identity.domain.passwords import MAX_LENGTH

_LONGEST_CODE = 40


class CodeForm(IdempotentForm):
    code = StringField("Code de vérification", [InputRequired("Saisissez le code."), Length(max=_LONGEST_CODE)])


class ProofForm(PageForm):
    password = PasswordField(
        "Mot de passe", [InputRequired("Saisissez votre mot de passe."), Length(max=4 * MAX_LENGTH)]
    )
    code = StringField("Code de vérification", [Optional(), Length(max=_LONGEST_CODE)])


class PasskeyForm(PageForm):
    """Filled in by the device, through passkey.js."""

    # A missing field is treated as empty: no answer from a device.
    credential = HiddenField(filters=[lambda text: text or ""])


class NewPasskeyForm(IdempotentForm, PasskeyForm):
    name = StringField("Nom de cette clé", [InputRequired("Donnez un nom à cette clé."), Length(max=60)])
