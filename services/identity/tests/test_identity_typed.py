"""What people type, as it is read, and the whole sentence of each refusal."""

import hashlib
from collections.abc import Callable

import pytest
from chassis import email_address
from chassis.problems import Conflict, FieldError, Invalid
from hypothesis import given
from hypothesis import strategies as st
from identity.domain import credentials, identifiers, passwords, recovery_codes, totp
from identity.domain.first_sign_in import SKIPPED_TO, TRANSITIONS, mermaid
from identity.domain.passwords import ALONE, WITH_FACTOR, PasswordChecks, context_words
from identity.domain.protection import Place, must_protect
from identity.domain.security_events import GENESIS, chained, label
from identity.domain.supervision import Status, Trigger, after, checked_reason, sole_access

EXAMPLE = "quatre mots sans lien entre eux, que vous seul pouvez rapprocher"
BREACHED = PasswordChecks(is_breached=lambda _: True, guesses_log10=lambda _password, _context: 30.0)


def strong(guesses_log10: float) -> PasswordChecks:
    return PasswordChecks(is_breached=lambda _: False, guesses_log10=lambda _password, _context: guesses_log10)


@pytest.mark.parametrize(
    ("error", "whole"),
    [
        (
            identifiers.user_number_error,
            FieldError(
                pointer="/user_number",
                code="user_number",
                detail="Le N° utilisateur compte 14 chiffres. Il figure sur le courrier de juillet et sur les "
                "quittances.",
                rule="14 chiffres, espaces tolérées",
                example="359 00007090001",
            ),
        ),
        (
            identifiers.telephone_error,
            FieldError(
                pointer="/telephone",
                code="telephone",
                detail="Ce numéro n’est pas lisible.",
                rule="6 à 15 chiffres, précédés ou non de +",
                example="02 99 00 00 00",
            ),
        ),
        (
            lambda: identifiers.email_error(" a b@c.fr "),
            FieldError(
                pointer="/email",
                code="email",
                detail="Cette adresse n’a pas la forme d’une adresse courriel.",
                rule=email_address.RULE,
                example="prenom.nom@exemple.fr",
            ),
        ),
    ],
)
def test_a_refused_identifier_says_its_rule_with_an_example(error: Callable[[], FieldError], whole: FieldError) -> None:
    assert error() == whole


def test_an_identifier_is_refused_where_the_page_asks_for_it() -> None:
    made = [identifiers.user_number_error("/n"), identifiers.telephone_error("/t"), identifiers.email_error("a", "/e")]
    assert [error.pointer for error in made] == ["/n", "/t", "/e"]


@pytest.mark.parametrize("typed", ["é@c.fr", "e\u0301@c.fr", " é@c.fr "])
def test_an_accent_before_the_at_sign_is_explained_however_it_is_typed(typed: str) -> None:
    assert "accents avant le @" in identifiers.email_error(typed).detail
    assert identifiers.typed_email(typed) is None
    # A registry may hold it: that landlord gets letters.
    assert identifiers.normalise_email(typed) == "é@c.fr"


def test_an_address_that_is_right_has_nothing_to_say() -> None:
    assert identifiers.email_error("a@c.fr").detail == ""
    assert identifiers.typed_email(" A@C.fr ") == "a@c.fr"
    assert identifiers.typed_email("a") is None


def test_a_confirmation_code_is_two_groups_and_is_read_as_tolerantly_as_a_login() -> None:
    code = credentials.new_confirmation_code()
    assert len(code) == 9
    assert credentials.normalise_code(code.lower().replace("-", " ")) == code
    # Not a login: compared as it is, without its hyphens.
    assert credentials.normalise_login("bx7k-2m4") == "BX7K2M4"
    assert credentials.signs_of("x\u2010x\u2011x\u2013x\u2014x_x-x\u00a0x") == "X" * 8


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("acde fghj-kmnp", "ACDE-FGHJ-KMNP"),
        ("ACDE-FGHJ-KMN", None),
        ("ACDE-FGHJ-KMNPQ", None),
        # O is not a sign of these codes.
        ("OCDE-FGHJ-KMNP", None),
    ],
)
def test_a_recovery_code_is_three_groups_of_its_alphabet(typed: str, read: str | None) -> None:
    assert recovery_codes.read_code(typed) == read


def test_the_address_in_the_qr_code_names_the_account_and_who_issued_it() -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    address = totp.setup_address(secret, "BX7K-2M4Q", "Mon Compte")
    assert address == f"otpauth://totp/Mon%20Compte:BX7K-2M4Q?secret={secret}&issuer=Mon%20Compte"


def test_a_secret_is_spelled_in_groups_of_four() -> None:
    assert totp.spelled("JBSWY3DPEH") == "JBSW Y3DP EH"


@given(st.integers(0, 10**9))
def test_a_number_is_a_code_only_with_its_six_digits(number: int) -> None:
    assert (totp.read_code(str(number)) is not None) is (100_000 <= number <= 999_999)


@pytest.mark.parametrize(
    ("password", "checks", "asked", "code", "detail"),
    [
        ("x" * 14, strong(30), ALONE, "too_short", "Le mot de passe doit compter au moins 15 caractères."),
        ("x" * 11, strong(30), WITH_FACTOR, "too_short", "Le mot de passe doit compter au moins 12 caractères."),
        ("x" * 129, strong(30), ALONE, "too_long", "Le mot de passe ne peut pas dépasser 128 caractères."),
        (
            "ACDE-FGHJ-KMNP-QRTU-VWXY",
            strong(30),
            ALONE,
            "provisional",
            "Choisissez un mot de passe à vous\u00a0: un mot de passe provisoire ne peut pas le rester.",
        ),
        (
            "girafe-violon-martin",
            strong(30),
            ALONE,
            "context",
            "Ce mot de passe contient votre nom, votre identifiant, votre courriel ou un mot du service, que l’on "
            "essaierait en premier.",
        ),
        (
            "girafe violon comète",
            BREACHED,
            ALONE,
            "breached",
            "Ce mot de passe figure dans une liste de mots de passe volés. Choisissez-en un autre.",
        ),
        (
            "girafe violon comète",
            strong(14.9),
            ALONE,
            "guessable",
            "Ce mot de passe est trop facile à deviner. Ajoutez un ou deux mots sans lien.",
        ),
    ],
)
def test_a_refused_password_says_why_and_what_to_choose(
    password: str, checks: PasswordChecks, asked: passwords.Strength, code: str, detail: str
) -> None:
    length = "12" if asked is WITH_FACTOR else "15"
    assert passwords.refusal(password, ("martin",), checks, asked) == FieldError(
        pointer="/password", code=code, detail=detail, rule=f"{length} à 128 caractères", example=EXAMPLE
    )


@pytest.mark.parametrize(("length", "asked", "guesses"), [(15, ALONE, 15.0), (12, WITH_FACTOR, 10.0), (128, ALONE, 15)])
def test_a_password_of_just_the_length_and_strength_asked_passes(
    length: int, asked: passwords.Strength, guesses: float
) -> None:
    assert passwords.refusal("x" * length, (), strong(guesses), asked) is None


def test_the_checks_are_given_the_password_and_the_words_of_its_owner() -> None:
    seen: list[object] = []

    def guesses(password: str, context: tuple[str, ...]) -> float:
        seen.append((password, context))
        return 30.0

    def breached(password: str) -> bool:
        seen.append(password)
        return False

    passwords.refusal("girafe violon comète", iter(["martin"]), PasswordChecks(breached, guesses))
    assert seen == ["girafe violon comète", ("girafe violon comète", ("martin",))]


def test_words_of_a_person_are_taken_whole_and_in_parts_without_accents() -> None:
    own = set(context_words("Le Goff-Éloïse", None, "")) - set(passwords.COMMON_CONTEXT)
    # « Le » is too short to be refused.
    assert own == {"legoffeloise", "goff", "eloise"}


@pytest.mark.parametrize("password", ["girafe le-go.ff violon", "girafe violon LEGOFF", "girafe violon l é g o f f"])
def test_a_word_spelled_with_signs_between_its_letters_is_found(password: str) -> None:
    refused = passwords.refusal(password, ("legoff",), strong(30))
    assert refused is not None
    assert refused.code == "context"


@pytest.mark.parametrize(("length", "accepted"), [(9, False), (10, True), (500, True), (501, False)])
def test_a_reason_has_10_to_500_signs(length: int, accepted: bool) -> None:
    if accepted:
        assert checked_reason("a" * length) == "a" * length
        return
    with pytest.raises(Invalid) as refused:
        checked_reason("a" * length)
    assert refused.value.errors == (
        FieldError(
            pointer="/reason",
            code="reason",
            detail="Le motif compte de 10 à 500 signes.",
            rule="une phrase qui dit pourquoi, sans donnée sur un tiers",
            example="Appel du bailleur\u00a0: il n’a pas demandé ce changement de mot de passe.",
        ),
    )


def test_a_reason_is_the_same_text_from_two_keyboards() -> None:
    assert checked_reason("de\u0301part du bailleur") == "départ du bailleur"
    assert checked_reason("départ\0du bailleur") == "départ du bailleur"


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (Status.ACTIVE, "Ce compte n’est pas suspendu."),
        (Status.CLOSED, "Ce compte est fermé\u00a0: plus rien ne peut y être fait."),
    ],
)
def test_an_act_that_is_not_possible_says_where_the_account_stands(status: Status, detail: str) -> None:
    with pytest.raises(Conflict) as refused:
        after(status, Trigger.RESTORE)
    assert refused.value.detail == detail


@pytest.mark.parametrize(
    ("principal", "role", "sole"),
    [(True, None, True), (True, "user", True), (False, "administrator", True), (False, "delegate", False)],
)
def test_an_organisation_depends_on_its_principal_account_and_on_its_administrator(
    principal: bool, role: str | None, sole: bool
) -> None:
    assert sole_access(principal=principal, role=role) is sole


def test_only_who_answers_for_others_must_protect_their_account() -> None:
    assert must_protect(Place(kind="agent"))
    assert not must_protect(Place(kind="landlord", role="administrator"))


def test_a_journal_line_is_chained_to_the_one_before_by_its_place_and_its_content() -> None:
    # What an anchor kept elsewhere is compared with: these bytes never change.
    content = {"text": "é", "number": 1, "nothing": None}
    line = f'{GENESIS}\n7\n{{"nothing":null,"number":1,"text":"é"}}'
    assert chained(GENESIS, 7, content) == hashlib.sha256(line.encode()).hexdigest()


def test_a_kind_of_event_that_no_longer_exists_is_shown_as_it_was_written() -> None:
    assert (label("sign_out"), label("no.longer")) == ("Déconnexion", "no.longer")


def test_the_drawing_of_the_sign_in_has_a_line_for_each_transition_and_each_step_skipped() -> None:
    first, start, *lines, end = mermaid().split("\n")
    assert (first, start, end) == ("stateDiagram-v2", "    [*] --> credentials", "    done --> [*]")
    assert len(lines) == len(TRANSITIONS) + len(SKIPPED_TO)
    assert "    credentials --> usage_rules : passkey_accepted" in lines
    assert "    usage_rules --> terms : already done" in lines
