"""Forms of /compte. They check lengths and formats; rules that depend on the account are checked by the actions."""

from chassis.problems import FieldError
from webui.forms import IdempotentForm, PageForm, choices
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from identity.domain.identifiers import (
    email_error,
    normalise_telephone,
    normalise_user_number,
    typed_email,
    user_number_error,
)
from identity.domain.passwords import MAX_LENGTH
from identity.domain.sign_in_help import ORIGINS, WAYS, Origin, Way

_YES_NO = {"oui": "Oui", "non": "Non"}
# Far above the longest password: longer fields would only cost time.
LONGEST_FIELD = 4 * MAX_LENGTH
_LONGEST_CODE = 40


def check_email(_form: PageForm, field: EmailField) -> None:
    if typed_email(field.data) is None:
        raise ValidationError(_sentence(email_error(field.data)))


class SignInForm(PageForm):
    login = StringField("Identifiant", [InputRequired("Saisissez votre identifiant."), Length(max=100)])
    password = PasswordField(
        "Mot de passe", [InputRequired("Saisissez votre mot de passe."), Length(max=LONGEST_FIELD)]
    )


class LoginForm(IdempotentForm):
    login = StringField("Identifiant", [InputRequired("Saisissez votre identifiant."), Length(max=100)])


class LinkForm(PageForm):
    token = HiddenField()


class PersonalForm(PageForm):
    civility = RadioField(
        "Civilité", [InputRequired("Choisissez une civilité.")], choices=choices({"Mme": "Madame", "M.": "Monsieur"})
    )
    last_name = StringField("Nom", [InputRequired("Saisissez votre nom."), Length(max=100)])
    # Some people have only one name.
    first_name = StringField("Prénom (si vous en avez un)", [Optional(), Length(max=100)])
    function = StringField("Fonction (facultatif)", [Optional(), Length(max=100)])
    telephone = TelField("Téléphone (facultatif)", [Optional()])

    def validate_telephone(self, field: TelField) -> None:
        if normalise_telephone(field.data) is None:
            raise ValidationError("Ce numéro n’est pas lisible. Exemple\u00a0: 02 99 00 00 00.")


class InformationForm(PersonalForm):
    email = EmailField("Adresse courriel", [InputRequired("Saisissez votre adresse courriel."), check_email])


class EmailChangeForm(IdempotentForm):
    email = EmailField(
        "Nouvelle adresse courriel", [InputRequired("Saisissez votre nouvelle adresse courriel."), check_email]
    )
    current = PasswordField(
        "Mot de passe actuel", [InputRequired("Saisissez votre mot de passe actuel."), Length(max=LONGEST_FIELD)]
    )


class CodeForm(IdempotentForm):
    code = StringField("Code de confirmation", [InputRequired("Saisissez le code reçu."), Length(max=100)])


class OwnPasswordForm(IdempotentForm):
    password = PasswordField(
        "Nouveau mot de passe", [InputRequired("Saisissez un mot de passe."), Length(max=LONGEST_FIELD)]
    )
    again = PasswordField("Le même mot de passe, une seconde fois", [InputRequired("Saisissez-le une seconde fois.")])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError("Les deux mots de passe ne sont pas les mêmes.")


class ChangePasswordForm(OwnPasswordForm):
    current = PasswordField(
        "Mot de passe actuel", [InputRequired("Saisissez votre mot de passe actuel."), Length(max=LONGEST_FIELD)]
    )


class ConsentForm(PageForm):
    version = HiddenField()
    accepted = BooleanField("", [InputRequired("Cochez la case pour continuer.")])


class UserNumberForm(IdempotentForm):
    user_number = StringField("N° utilisateur", [InputRequired("Saisissez votre N° utilisateur."), Length(max=40)])

    def validate_user_number(self, field: StringField) -> None:
        if normalise_user_number(field.data) is None:
            raise ValidationError(_sentence(user_number_error()))


class EmailForm(IdempotentForm):
    email = EmailField(
        "Adresse courriel", [InputRequired("Saisissez votre adresse courriel."), Length(max=254), check_email]
    )


class HelpForm(PageForm):
    """Sent with GET: it holds no personal data, so its result can have a URL."""

    class Meta:
        csrf = False

    origin = RadioField(
        "Comment avez-vous reçu votre accès\u00a0?",
        [InputRequired("Choisissez une réponse.")],
        choices=choices(ORIGINS),
    )
    before = RadioField(
        "Vous êtes-vous déjà connecté\u00a0?", [InputRequired("Choisissez oui ou non.")], choices=choices(_YES_NO)
    )
    login = RadioField(
        "Avez-vous encore votre identifiant\u00a0?", [InputRequired("Choisissez oui ou non.")], choices=choices(_YES_NO)
    )

    @property
    def way(self) -> Way:
        """Only valid after validation."""
        return WAYS[Origin(self.origin.data), self.before.data == "oui", self.login.data == "oui"]


class TokenForm(PageForm):
    """Contains only the CSRF token."""


class ButtonForm(IdempotentForm):
    """A button without fields, idempotent."""


class FactorCodeForm(IdempotentForm):
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


def _sentence(error: FieldError) -> str:
    return f"{error.detail} Exemple\u00a0: {error.example}."
