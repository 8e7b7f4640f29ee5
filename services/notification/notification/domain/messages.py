"""The table of messages: what is declared of each stands in its row, and nowhere else.

The texts are `emails/<name>/` and, in documents, `rendering/templates/letters/<name>.html`. docs/adding-a-message.md
lists the steps; `python -m tools.messages` writes the contracts and the list of docs/messages.md from this table.
"""

from datetime import timedelta
from enum import StrEnum

from notification.domain.kinds import EXPECTED, ORDINARY, WAITED_FOR, Kind, Letter, Series
from notification.domain.variables import Value, Variables

HELP: Variables = {"name": Value.TEXT, "help_url": Value.TEXT}
SIGN_IN: Variables = {**HELP, "sign_in_url": Value.TEXT}
FROM_A_CAF: Variables = {**SIGN_IN, "caf_name": Value.TEXT, "caf_telephone": Value.TEXT_OR_NONE}
PORTAL: Variables = {"portal_url": Value.TEXT}
LETTER_FROM_A_CAF: Variables = {**PORTAL, "caf": Value.CAF}
CAMPAIGN: Variables = {"year": Value.NUMBER, "deadline": Value.DAY, "user_number": Value.USER_NUMBER}
# A person may have two accounts: both messages name theirs by the end of its number, which is no secret.
CREDENTIALS_EMAIL: Variables = {
    **SIGN_IN,
    "purpose": Value.TEXT,
    "caf_code": Value.TEXT_OR_NONE,
    "number_end": Value.TEXT_OR_NONE,
}
CREDENTIALS_LETTER: Variables = {**PORTAL, "user_number": Value.USER_NUMBER_OR_NONE}


class Template(StrEnum):
    """One row per message; the value names it in stored rows, events, the API and the folders of its texts.

    No e-mail may hold a tenant's data or an amount; each holds at most one secret."""

    _value_: str
    kind: Kind

    def __new__(cls, name: str, *row: Kind) -> "Template":
        # The table gives the row; `Template("july")` looks a member up and never comes here.
        member = str.__new__(cls, name)
        member._value_ = name
        [member.kind] = row
        return member

    LOGIN = (
        "login",
        Kind(
            label="Identifiant",
            subject="Votre identifiant pour Mon Compte Partenaire (courriel 1 sur 2)"
            "{% if about %} – {{ about }}{% endif %}",
            rank=WAITED_FOR,
            sealed="login",
            email_variables=CREDENTIALS_EMAIL,
            letter=Letter(title="Votre identifiant Mon Compte Partenaire", variables=CREDENTIALS_LETTER),
        ),
    )
    # Credentials have no repeat window: each new password invalidates the one before, so holding it back would leave
    # the person with an invalid one. Identity limits how often a new one can be requested.
    PROVISIONAL_PASSWORD = (
        "provisional_password",
        Kind(
            label="Mot de passe provisoire",
            subject="Votre mot de passe provisoire pour Mon Compte Partenaire"
            "{% if two_messages %} (courriel 2 sur 2){% endif %}{% if about %} – {{ about }}{% endif %}",
            rank=WAITED_FOR,
            sealed="password",
            variables={"expires_at": Value.INSTANT},
            # `two_messages`: whether the login is sent too, in its own e-mail.
            email_variables={**CREDENTIALS_EMAIL, "two_messages": Value.FLAG},
            letter=Letter(
                title="Votre mot de passe provisoire Mon Compte Partenaire",
                variables=CREDENTIALS_LETTER,
                series=Series.CONFIDENTIAL,
            ),
        ),
    )
    JULY = (
        "july",
        Kind(
            label="Demande de loyer de juillet",
            subject="Déclarez les loyers de juillet {{ year }} au plus tard le {{ deadline }}",
            rank=ORDINARY,
            repeat_after=timedelta(days=7),
            variables=CAMPAIGN,
            email_variables={**FROM_A_CAF, "tenancies": Value.NUMBER},
            letter=Letter(
                title="Aides au logement\u00a0: loyer de juillet {year}",
                variables={**LETTER_FROM_A_CAF, "tenants": Value.TENANTS},
            ),
        ),
    )
    REMINDER = (
        "reminder",
        Kind(
            label="Rappel",
            subject="Rappel\u00a0: vos loyers de juillet {{ year }} sont attendus au plus tard le {{ deadline }}",
            rank=ORDINARY,
            repeat_after=timedelta(days=5),
            variables={**CAMPAIGN, "remaining": Value.DECLARATIONS},
            email_variables=FROM_A_CAF,
            letter=Letter(title="Rappel\u00a0: loyer de juillet {year}", variables=LETTER_FROM_A_CAF),
        ),
    )
    # CRPA L. 112-11: acknowledges what the Caf received by electronic means. Recaps: one per transmission.
    RECAP = (
        "receipt",
        Kind(
            label="Accusé de réception",
            subject="Déclaration de loyer reçue\u00a0: {{ reference }}",
            rank=EXPECTED,
            variables={"year": Value.NUMBER, "reference": Value.TEXT},
            email_variables={"name": Value.TEXT, "received_at": Value.INSTANT, "link": Value.TEXT},
            letter=Letter(
                title="Accusé de réception de votre déclaration de loyer",
                variables={**PORTAL, "transmitted_at": Value.INSTANT},
            ),
        ),
    )
    ANSWERED = (
        "answered",
        Kind(
            label="Réponse de la Caf",
            subject="{% if waiting %}La Caf a répondu\u00a0: {{ waiting }}"
            "{% else %}La Caf a pris en compte vos déclarations de loyer{% endif %}",
            rank=ORDINARY,
            variables={
                "year": Value.NUMBER,
                "integrated": Value.DECLARATIONS,
                "questions": Value.DECLARATIONS,
                "rejected": Value.DECLARATIONS,
            },
            email_variables=FROM_A_CAF,
            letter=Letter(
                title="Votre Caf a répondu à vos déclarations de loyer",
                variables={**LETTER_FROM_A_CAF, "user_number": Value.USER_NUMBER},
            ),
        ),
    )
    # The Caf's text is in the letter only: an e-mail links to the page that shows it.
    REPORT_ANSWERED = (
        "report_answered",
        Kind(
            label="Réponse à un signalement",
            subject="La Caf a {% if accepted %}accepté{% else %}refusé{% endif %} votre signalement",
            rank=ORDINARY,
            variables={"number": Value.TEXT, "kind": Value.TEXT, "outcome": Value.TEXT},
            email_variables={**HELP, "report_url": Value.TEXT},
            letter=Letter(title="Votre Caf a répondu à votre signalement", variables={**PORTAL, "answer": Value.TEXT}),
        ),
    )
    # CRPA L. 112-11, for declarations transmitted together: the linked page lists each with its own instant.
    BATCH_RECAP = (
        "lot_receipt",
        Kind(
            label="Accusé de réception d’un lot",
            subject="Déclarations de loyer reçues\u00a0: lot {{ reference }}",
            rank=EXPECTED,
            variables={"year": Value.NUMBER, "reference": Value.TEXT, "declarations": Value.DECLARATIONS},
            email_variables={"name": Value.TEXT, "ended_at": Value.INSTANT, "link": Value.TEXT},
            letter=Letter(
                title="Accusé de réception de vos déclarations de loyer",
                variables={**PORTAL, "transmitted_at": Value.INSTANT},
            ),
        ),
    )
    # The rest by e-mail only: a letter would arrive days after the event, or long after the code has expired.
    SECURITY_NOTICE = (
        "security_notice",
        Kind(
            label="Sécurité du compte",
            subject="Sécurité de votre compte\u00a0: {{ title }}",
            rank=WAITED_FOR,
            # `kind`: a key of `emails.notices`; `factor` names what was added or removed.
            email_variables={
                **HELP,
                "kind": Value.TEXT,
                "factor": Value.TEXT_OR_NONE,
                "happened_at": Value.INSTANT,
                "account_url": Value.TEXT,
            },
        ),
    )
    EMAIL_CONFIRMATION = (
        "email_confirmation",
        Kind(
            label="Confirmation d’adresse",
            subject="Confirmez votre adresse courriel pour Mon Compte Partenaire",
            rank=WAITED_FOR,
            sealed="code",
            email_variables={"name": Value.TEXT, "expires_at": Value.INSTANT, "account_url": Value.TEXT},
        ),
    )
    # To the holder of an address that was typed for another account.
    EMAIL_TAKEN = (
        "email_taken",
        Kind(
            label="Adresse d’un autre compte",
            subject="Cette adresse courriel est déjà celle d’un compte",
            rank=WAITED_FOR,
            email_variables=HELP,
        ),
    )
    # The link makes a device known; it gives no access by itself.
    SIGN_IN_LINK = (
        "sign_in_link",
        Kind(
            label="Lien de connexion",
            subject="Votre lien pour vous connecter à Mon Compte Partenaire",
            rank=WAITED_FOR,
            sealed="link",
            email_variables={"name": Value.TEXT, "expires_at": Value.INSTANT},
        ),
    )
    # New rows stand above this line.


# Identifiant perdu : « votre identifiant et votre mot de passe vous seront de nouveau envoyés » ; mot de passe oublié :
# « un nouveau mot de passe provisoire vous sera envoyé » (guide).
CREDENTIALS = {
    "creation": (Template.LOGIN, Template.PROVISIONAL_PASSWORD),
    "identifier_recovery": (Template.LOGIN, Template.PROVISIONAL_PASSWORD),
    "reissue": (Template.LOGIN, Template.PROVISIONAL_PASSWORD),
    "password_recovery": (Template.PROVISIONAL_PASSWORD,),
}
