"""The text of each security notice: what happened, what to do if it was expected, and if it was not."""

from typing import NamedTuple


class Notice(NamedTuple):
    """`fact` may hold `{factor}`."""

    title: str
    fact: str
    expected: str
    otherwise: str


NOTHING_TO_DO = "Si c’est bien vous, vous n’avez rien à faire."
NOT_YOU = (
    "Si ce n’est pas vous, ouvrez votre compte, fermez les autres sessions et changez votre mot de passe. "
    "Si vous ne pouvez plus l’ouvrir, appelez votre Caf sans attendre."
)
ASK_CAF = "Si vous ne savez pas pourquoi, appelez votre Caf."
ASK_ADMINISTRATOR = "Si vous ne savez pas pourquoi, adressez-vous à l’administrateur de votre organisme."
FACTORS = {"totp": "une application d’authentification", "passkey": "une clé d’accès"}

NOTICES = {
    "recovery_requested": Notice(
        "demande de nouveaux identifiants",
        "Quelqu’un a demandé que votre identifiant ou un nouveau mot de passe vous soit renvoyé.",
        NOTHING_TO_DO,
        "Si ce n’est pas vous, n’utilisez pas ce que vous recevez\u00a0: votre mot de passe actuel reste valable. "
        "Si cela se répète, appelez votre Caf.",
    ),
    "password_changed": Notice(
        "mot de passe changé",
        "Le mot de passe de votre compte a été changé.",
        NOTHING_TO_DO,
        "Si ce n’est pas vous, ouvrez «\u00a0Je n’arrive pas à me connecter\u00a0» pour en recevoir un nouveau, "
        "et appelez votre Caf sans attendre.",
    ),
    "password_change_required": Notice(
        "mot de passe à changer",
        "Votre Caf demande que vous changiez votre mot de passe. "
        "Un nouveau vous sera demandé à votre prochaine connexion.",
        "Choisissez un mot de passe que vous n’utilisez nulle part ailleurs.",
        ASK_CAF,
    ),
    "email_changed": Notice(
        "adresse courriel changée",
        "L’adresse courriel de votre compte a été changée. Ce message part à l’ancienne adresse et à la nouvelle.",
        NOTHING_TO_DO,
        NOT_YOU,
    ),
    "factor_added": Notice(
        "protection ajoutée",
        "Votre compte est maintenant protégé par {factor}.",
        NOTHING_TO_DO,
        NOT_YOU,
    ),
    "factor_removed": Notice(
        "protection retirée",
        "Votre compte n’est plus protégé par {factor}, qui vient d’être retirée.",
        NOTHING_TO_DO,
        NOT_YOU,
    ),
    "factors_reset": Notice(
        "seconde vérification réinitialisée",
        "Votre Caf a retiré tout ce qui servait à la seconde vérification de votre compte, et fermé vos sessions.",
        "Si vous l’avez demandé, connectez-vous et protégez de nouveau votre compte.",
        "Si vous ne l’avez pas demandé, appelez votre Caf sans attendre.",
    ),
    "recovery_codes_made": Notice(
        "codes de secours préparés",
        "De nouveaux codes de secours ont été préparés pour votre compte. Les anciens ne servent plus.",
        NOTHING_TO_DO,
        NOT_YOU,
    ),
    "recovery_code_used": Notice(
        "code de secours utilisé",
        "Un code de secours a servi à se connecter à votre compte. Il ne servira plus.",
        "Si c’est bien vous, vérifiez qu’il vous reste assez de codes.",
        NOT_YOU,
    ),
    "account_suspended": Notice(
        "accès suspendu",
        "Votre accès à Mon Compte Partenaire est suspendu par votre Caf. Vos sessions sont fermées.",
        "Ce que vous avez enregistré est conservé.",
        ASK_CAF,
    ),
    "account_restored": Notice(
        "accès rétabli",
        "Votre accès à Mon Compte Partenaire est rétabli.",
        "Vous pouvez de nouveau vous connecter.",
        ASK_CAF,
    ),
    "factor_reset_asked": Notice(
        "retrait de votre seconde vérification demandé",
        "Un agent de votre Caf a demandé que la seconde vérification de votre compte soit retirée. "
        "Un autre agent doit encore donner son accord. Rien n’a changé pour l’instant.",
        "Si vous l’avez demandé à votre Caf, vous n’avez rien à faire.",
        "Si vous ne l’avez pas demandé, appelez votre Caf sans attendre\u00a0: elle peut refuser cette demande.",
    ),
    "factor_reset_refused": Notice(
        "retrait de votre seconde vérification refusé",
        "Votre Caf a refusé de retirer la seconde vérification de votre compte. "
        "Elle reste demandée à chaque connexion.",
        "Si vous l’avez perdue, servez-vous d’un code de secours, ou appelez de nouveau votre Caf.",
        "Si vous n’avez rien demandé, votre compte reste protégé\u00a0; appelez votre Caf.",
    ),
    "account_closed": Notice(
        "compte fermé",
        "Votre Caf a fermé votre compte Mon Compte Partenaire. Il ne peut plus servir à se connecter.",
        "Ce que vous avez déclaré est conservé. Vos données personnelles seront effacées du compte.",
        ASK_CAF,
    ),
    "delegate_designated": Notice(
        "vous êtes responsable d’habilitation",
        "L’administrateur de votre organisme vous a désigné responsable d’habilitation. Vous gérez, dans la rubrique "
        "«\u00a0Habilitations\u00a0», les utilisateurs des groupes qu’il vous a confiés.",
        "Une seconde vérification vous sera demandée pour protéger votre compte.",
        ASK_ADMINISTRATOR,
    ),
    "delegate_withdrawn": Notice(
        "vous n’êtes plus responsable d’habilitation",
        "L’administrateur de votre organisme vous a retiré la responsabilité des habilitations.",
        "Votre compte et vos groupes restent les mêmes.",
        ASK_ADMINISTRATOR,
    ),
}


def described(notice: Notice, factor: str | None) -> str:
    """The fact, including the name of the factor."""
    return notice.fact.format(factor=FACTORS.get(factor or "", "une seconde vérification"))
