"""The rules, without database or pages."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from math import log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity.accounts import passwords
from identity.domain import consents, credentials, networks
from identity.domain.credentials import Channel
from identity.domain.first_sign_in import FACTOR_STEPS, TRANSITIONS, OutOfOrder, Step, Trigger, advance, satisfied_steps
from identity.domain.identifiers import normalise_email, normalise_telephone, normalise_user_number
from identity.domain.passwords import PasswordChecks, context_words, normalise, refusal
from identity.domain.protection import Place, protection_due
from identity.domain.throttle import PER_LOGIN, Failures, one_more, remaining_wait, wait_after

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TRUSTING = PasswordChecks(is_breached=lambda _: False, guesses_log10=lambda _password, _context: 30.0)
ORDER = [Step.CREDENTIALS, Step.INFORMATION, Step.PASSWORD, Step.USAGE_RULES, Step.TERMS, Step.DONE]
FIRST = (
    Trigger.PROVISIONAL_ACCEPTED,
    Trigger.INFORMATION_GIVEN,
    Trigger.PASSWORD_CHOSEN,
    Trigger.USAGE_RULES_ACCEPTED,
    Trigger.TERMS_ACCEPTED,
)


def test_a_provisional_password_holds_at_least_77_bits() -> None:
    signs = credentials.new_provisional_password().replace("-", "")
    assert len(signs) * log2(len(set(credentials.ALPHABET))) >= 77
    assert set(signs) <= set(credentials.ALPHABET)


def test_the_alphabet_holds_no_pair_that_is_confused_on_paper() -> None:
    for pair in ("I1", "L1", "O0", "S5", "B8", "Z2"):
        assert len(set(pair) & set(credentials.ALPHABET)) <= 1


def test_two_provisional_passwords_are_never_the_same() -> None:
    assert len({credentials.new_provisional_password() for _ in range(200)}) == 200


@given(st.sampled_from(["", " ", "-", "\u00a0", "–"]), st.booleans())
def test_what_was_sent_is_recognised_however_it_is_typed(separator: str, small: bool) -> None:
    sent, login = credentials.new_provisional_password(), credentials.new_login()
    typed, typed_login = (text.replace("-", separator) for text in (sent, login))
    assert credentials.as_provisional(typed.lower() if small else typed) == sent
    assert credentials.normalise_login(typed_login.lower() if small else typed_login) == login


@pytest.mark.parametrize("own", ["girafe violon pamplemousse", "A" * 19, "BX7K-2M4Q", "IIII-OOOO-0000-1111-SSSS"])
def test_ones_own_password_is_not_taken_for_a_provisional_one(own: str) -> None:
    assert credentials.as_provisional(own) is None


@pytest.mark.parametrize(
    ("email", "address", "channel"),
    [
        ("a@b.example", ("1 RUE", "35000 RENNES"), Channel.EMAIL),
        (None, ("1 RUE", "35000 RENNES"), Channel.LETTER),
        (None, (), None),
        (None, (" ",), None),
    ],
)
def test_credentials_leave_by_email_if_the_caf_knows_one_else_by_letter(
    email: str | None, address: tuple[str, ...], channel: Channel | None
) -> None:
    assert credentials.choose_channel(email=email, address=address) is channel


def test_a_provisional_password_lives_as_long_as_its_channel_needs() -> None:
    lifetimes = {Channel.EMAIL: timedelta(hours=72), Channel.LETTER: timedelta(days=30)}
    assert credentials.expires_at(Channel.EMAIL, NOW, lifetimes) == NOW + timedelta(hours=72)
    assert credentials.expires_at(Channel.LETTER, NOW, lifetimes) == NOW + timedelta(days=30)


def through(acts: tuple[Trigger, ...], **known: Any) -> list[Step]:
    done = satisfied_steps(
        **{"information_given": False, "consented": frozenset(), "has_factor": False, "protection_due": False, **known}
    )
    seen = [Step.CREDENTIALS]
    for act in acts:
        seen.append(advance(seen[-1], act, done))
    return seen


def test_the_first_sign_in_goes_through_every_step_in_order() -> None:
    assert through(FIRST) == ORDER


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("act", list(Trigger))
def test_an_act_out_of_its_step_is_refused_and_says_which_step_is_expected(step: Step, act: Trigger) -> None:
    if (step, act) in TRANSITIONS:
        advance(step, act)
        return
    with pytest.raises(OutOfOrder) as refused:
        advance(step, act)
    assert refused.value.expected is step


BOTH_TEXTS = frozenset({Step.USAGE_RULES, Step.TERMS})
KNOWN: dict[str, Any] = {"information_given": True, "consented": BOTH_TEXTS}


def test_what_was_already_done_is_not_asked_again() -> None:
    assert through((Trigger.OWN_PASSWORD_ACCEPTED,), **KNOWN) == [Step.CREDENTIALS, Step.DONE]
    again = (Trigger.PROVISIONAL_ACCEPTED, Trigger.PASSWORD_CHOSEN)
    assert through(again, **KNOWN) == [Step.CREDENTIALS, Step.PASSWORD, Step.DONE]


def test_a_second_factor_is_asked_after_either_password_and_never_after_a_passkey() -> None:
    own = (Trigger.OWN_PASSWORD_ACCEPTED, Trigger.FACTOR_PROVEN)
    assert through(own, has_factor=True, **KNOWN) == [Step.CREDENTIALS, Step.SECOND_FACTOR, Step.DONE]
    recovery = (Trigger.PROVISIONAL_ACCEPTED, Trigger.FACTOR_PROVEN, Trigger.PASSWORD_CHOSEN)
    assert through(recovery, has_factor=True, **KNOWN)[1:] == [Step.RENEWAL_FACTOR, Step.PASSWORD, Step.DONE]
    assert through((Trigger.PASSKEY_ACCEPTED,), has_factor=True, **KNOWN)[1:] == [Step.DONE]


def test_no_way_from_a_password_to_the_end_goes_around_a_second_factor_that_is_there() -> None:
    done = satisfied_steps(has_factor=True, protection_due=False, **KNOWN)
    for act in (Trigger.OWN_PASSWORD_ACCEPTED, Trigger.PROVISIONAL_ACCEPTED):
        waiting = advance(Step.CREDENTIALS, act, done)
        assert waiting in FACTOR_STEPS
        assert [one for one in Trigger if (waiting, one) in TRANSITIONS] == [Trigger.FACTOR_PROVEN]


def test_protection_comes_last_when_it_is_due_and_only_then() -> None:
    assert through((Trigger.OWN_PASSWORD_ACCEPTED,), protection_due=True, **KNOWN)[-1] is Step.PROTECTION
    assert through((Trigger.OWN_PASSWORD_ACCEPTED, Trigger.PROTECTED), protection_due=True, **KNOWN)[-1] is Step.DONE
    proven = (Trigger.OWN_PASSWORD_ACCEPTED, Trigger.FACTOR_PROVEN)
    assert through(proven, protection_due=True, has_factor=True, **KNOWN)[-1] is Step.DONE


@pytest.mark.parametrize(
    ("place", "sign_ins", "due", "due_once_offered"),
    [
        (Place(kind="agent"), 1, False, False),
        (Place(kind="agent"), 2, True, True),
        (Place(kind="landlord", role="administrator", colleagues=True), 1, False, False),
        (Place(kind="landlord", role="administrator", colleagues=True), 2, True, True),
        (Place(kind="landlord", role="delegate", colleagues=True), 7, True, True),
        # Alone: offered, once.
        (Place(kind="landlord", role="administrator"), 1, False, False),
        (Place(kind="landlord", role="administrator"), 2, True, False),
        (Place(kind="landlord", role="administrator", natural_person=True), 50, True, False),
        # Made before natural persons were kept from having users.
        (Place(kind="landlord", role="administrator", natural_person=True, colleagues=True), 50, True, False),
        (Place(kind="landlord", role="user", colleagues=True), 50, False, False),
        (Place(kind="landlord"), 50, False, False),
    ],
)
def test_who_answers_for_others_must_protect_their_account_after_two_sign_ins_and_to_others_it_is_offered_once(
    place: Place, sign_ins: int, due: bool, due_once_offered: bool
) -> None:
    assert protection_due(place, sign_ins, 2, offered_before=False) is due
    assert protection_due(place, sign_ins, 2, offered_before=True) is due_once_offered


def test_a_text_is_current_from_its_day_and_accepted_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (consents.Text(number, date(2027, 3, number), "Règles d’usage") for number in (1, 2))
    monkeypatch.setattr(consents, "TEXTS", {Step.USAGE_RULES: (first, second)})
    assert [consents.current(Step.USAGE_RULES, date(2027, 3, day)) for day in (1, 2, 3)] == [first, second, second]
    # Before anything was published, the first one holds.
    assert consents.current(Step.USAGE_RULES, date(2027, 2, 28)) == first
    assert consents.consented_steps({Step.USAGE_RULES: 1}, date(2027, 3, 1)) == {Step.USAGE_RULES}
    assert consents.consented_steps({Step.USAGE_RULES: 1}, date(2027, 3, 2)) == set()
    assert consents.consented_steps({}, date(2027, 3, 1)) == set()


def test_a_text_published_in_a_new_version_is_asked_again_alone() -> None:
    day = NOW.date()
    older = consents.consented_steps({Step.USAGE_RULES: 0, Step.TERMS: consents.current(Step.TERMS, day).version}, day)
    steps = through(
        (Trigger.OWN_PASSWORD_ACCEPTED, Trigger.USAGE_RULES_ACCEPTED), information_given=True, consented=older
    )
    assert steps == [Step.CREDENTIALS, Step.USAGE_RULES, Step.DONE]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("court", "too_short"),
        ("a" * 14, "too_short"),
        ("é" * 129, "too_long"),
        ("ACDE-FGHJ-KMNP-QRTU-VWXY", "provisional"),
        ("Bailleur35000Rennes", "context"),
        ("nolwenn et le chat gris", "context"),
        ("35900007090001 girafe", "context"),
        ("ma caf a moi toute seule", "context"),
    ],
)
def test_a_password_is_refused_for_its_length_or_a_word_of_its_owner(password: str, code: str) -> None:
    broken = refusal(password, context_words("Nolwenn", "35900007090001"), TRUSTING)
    assert broken is not None
    assert broken.code == code
    assert password not in broken.detail


@pytest.mark.parametrize("password", ["la cafetière chante à midi", "girafe violon pamplemousse comète", "x" * 128])
def test_a_long_password_without_context_passes_whatever_its_composition(password: str) -> None:
    assert refusal(password, context_words("Nolwenn"), TRUSTING) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("motdepasse2026motdepasse", "context"),
        ("jetaimemonamourjetaime", "guessable"),
        ("azertyuiopqsdfghjklm", "breached"),
        ("abcabcabcabcabcabcab!", "guessable"),
    ],
)
def test_a_breached_or_guessable_password_is_refused(password: str, code: str) -> None:
    broken = refusal(password, context_words("Nolwenn"), passwords.LOCAL_CHECKS)
    assert broken is not None
    assert broken.code == code


def test_a_passphrase_of_unrelated_words_passes_the_real_oracles() -> None:
    assert (
        refusal("girafe violon pamplemousse comète", context_words("Nolwenn Le Goff"), passwords.LOCAL_CHECKS) is None
    )


def test_the_same_letters_typed_on_two_keyboards_are_one_password() -> None:
    composed = "pêche à la comète"
    assert normalise(unicodedata.normalize("NFD", composed)) == normalise(composed)


def test_waiting_grows_with_failures_and_never_locks_for_good() -> None:
    assert wait_after(PER_LOGIN, 5) == timedelta(0)
    assert [wait_after(PER_LOGIN, count).total_seconds() for count in (6, 7, 8)] == [1, 2, 4]
    assert wait_after(PER_LOGIN, 10_000) == timedelta(minutes=15)


def test_failures_are_forgotten_after_a_quiet_while() -> None:
    failed = Failures(9, NOW)
    assert remaining_wait(PER_LOGIN, failed, NOW + timedelta(seconds=3)) == timedelta(seconds=5)
    later = NOW + PER_LOGIN.forgotten_after + timedelta(seconds=1)
    assert remaining_wait(PER_LOGIN, failed, later) == timedelta(0)
    assert one_more(PER_LOGIN, failed, later).count == 1


@given(st.integers(min_value=0, max_value=10**9))
def test_no_number_of_failures_breaks_the_arithmetic(count: int) -> None:
    assert timedelta(0) <= wait_after(PER_LOGIN, count) <= PER_LOGIN.longest


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::9", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
    ],
)
def test_neighbouring_addresses_count_as_one_network(address: str, network: str) -> None:
    assert networks.network_of(address) == network


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("359 00007090001", "35900007090001"),
        (" 35900007090001\u00a0", "35900007090001"),
        ("3590000709000", None),
        ("3590000709000A", None),
        ("٣٥٩٠٠٠٠٧٠٩٠٠٠١", None),
    ],
)
def test_a_user_number_is_14_digits_and_spaces_are_tolerated(typed: str, number: str | None) -> None:
    assert normalise_user_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        (" A.Martin@Lices.Example ", "a.martin@lices.example"),
        ("a@b", None),
        ("a b@c.fr", None),
        ("a@b@c.fr", None),
        ("x" * 250 + "@a.fr", None),
    ],
)
def test_an_email_is_compared_in_small_letters(typed: str, email: str | None) -> None:
    assert normalise_email(typed) == email


def test_a_telephone_number_is_read_with_its_usual_separators() -> None:
    assert normalise_telephone("+33 (2) 99.00-00 00") == "+33299000000"
    assert normalise_telephone("pas de téléphone") is None
