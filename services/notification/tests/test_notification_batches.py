from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notification.domain.batch_states import Destination, destination_of
from notification.domain.batches import HOUR, BatchPlan, Cutoffs, HoursTooCloseError, ReadyLetter, plan_batches
from notification.domain.kinds import Series
from notification.domain.messages import Template

NOW = datetime(2027, 7, 1, 16, 0, tzinfo=UTC)
CUTOFFS = Cutoffs()


def letter(
    number: int,
    template: Template,
    *,
    before: timedelta = timedelta(days=1),
    caf_code: str | None = "359",
    abroad: bool = False,
) -> ReadyLetter:
    return ReadyLetter(UUID(int=number), template, NOW - before, caf_code, abroad)


def hours(plans: list[BatchPlan], series: Series) -> set[datetime]:
    return {plan.print_from for plan in plans if plan.series is series}


@pytest.mark.parametrize(
    ("ordinary", "confidential"),
    [((10, 0), (10, 59)), ((10, 0), (9, 0)), ((10, 30), (11, 30)), ((23, 30), (0, 15)), ((23, 30), (0, 30))],
)
def test_cutoffs_that_would_let_both_print_in_one_hour_are_refused(
    ordinary: tuple[int, int], confidential: tuple[int, int]
) -> None:
    with pytest.raises(HoursTooCloseError) as refused:
        Cutoffs(time(*ordinary), time(*confidential))
    # What the person who sets the hours reads.
    assert (
        str(refused.value) == "ordinary and confidential cut-offs must be more than one hour apart, as 10:00 and 15:00"
    )


@pytest.mark.parametrize(
    ("ordinary", "confidential"), [((10, 30), (11, 31)), ((11, 31), (10, 30)), ((23, 30), (0, 31))]
)
def test_cutoffs_more_than_an_hour_apart_are_accepted_each_for_its_series(
    ordinary: tuple[int, int], confidential: tuple[int, int]
) -> None:
    cutoffs = Cutoffs(time(*ordinary), time(*confidential))
    assert (cutoffs.of(Series.ORDINARY), cutoffs.of(Series.CONFIDENTIAL)) == (time(*ordinary), time(*confidential))


moments = st.timedeltas(timedelta(0), timedelta(days=1000)).map(lambda later: NOW + later)


@given(moments, moments, st.booleans(), st.integers(1, 3))
def test_login_and_password_never_share_a_batch_nor_an_hour_whenever_the_batches_are_made(
    login_made: datetime, password_made: datetime, at_once: bool, limit: int
) -> None:
    def plan(now: datetime) -> list[BatchPlan]:
        both = [
            ReadyLetter(UUID(int=index), template, now - timedelta(days=10))
            for index, template in enumerate([Template.LOGIN, Template.PROVISIONAL_PASSWORD] * 2)
        ]
        return plan_batches(both, now, cutoffs=CUTOFFS, at_once=at_once, limit=limit)

    first, second = plan(login_made), plan(password_made)
    assert hours(first, Series.ORDINARY)
    assert hours(second, Series.CONFIDENTIAL)
    for batch in first + second:
        assert {one.series for one in batch.letters} == {batch.series}
    for ordinary in hours(first, Series.ORDINARY):
        for password in hours(second, Series.CONFIDENTIAL):
            assert abs(ordinary - password) >= HOUR


def test_a_letter_composed_after_the_cutoff_waits_for_the_next_one() -> None:
    late = letter(1, Template.JULY, before=timedelta(minutes=1))
    assert plan_batches([late], NOW, cutoffs=CUTOFFS) == []
    assert plan_batches([late], NOW + timedelta(days=1), cutoffs=CUTOFFS)[0].letters == (late,)


def test_at_once_makes_the_batches_without_waiting() -> None:
    fresh = [
        letter(1, Template.LOGIN, before=timedelta(0)),
        letter(2, Template.PROVISIONAL_PASSWORD, before=timedelta(0)),
    ]
    plans = plan_batches(fresh, NOW, cutoffs=CUTOFFS, at_once=True)
    assert [plan.series for plan in plans] == list(Series)


@pytest.mark.parametrize(
    ("now", "ordinary", "confidential"),
    [
        (datetime(2027, 7, 1, 16, 0, tzinfo=UTC), 18, 17),
        (datetime(2027, 7, 1, 17, 59, 59, 999999, tzinfo=UTC), 18, 19),
    ],
)
def test_at_once_passwords_print_in_the_next_odd_hour_and_the_rest_in_the_next_even_one(
    now: datetime, ordinary: int, confidential: int
) -> None:
    ready = [letter(1, Template.LOGIN), letter(2, Template.PROVISIONAL_PASSWORD)]
    plans = plan_batches(ready, now, cutoffs=CUTOFFS, at_once=True)
    assert [plan.print_from for plan in plans] == [
        datetime(2027, 7, 1, ordinary, tzinfo=UTC),
        datetime(2027, 7, 1, confidential, tzinfo=UTC),
    ]


def test_the_printer_starts_on_the_working_day_after_the_cutoff_of_the_series() -> None:
    ready = [letter(1, Template.LOGIN), letter(2, Template.PROVISIONAL_PASSWORD)]
    plans = plan_batches(ready, NOW, cutoffs=CUTOFFS)
    # 10:00 and 15:00 in Paris.
    assert [plan.print_from for plan in plans] == [
        datetime(2027, 7, 2, 8, 0, tzinfo=UTC),
        datetime(2027, 7, 2, 13, 0, tzinfo=UTC),
    ]


def test_a_letter_composed_at_the_very_cutoff_is_in_the_batch() -> None:
    on_time = letter(1, Template.JULY, before=timedelta(hours=8))
    assert plan_batches([on_time], NOW, cutoffs=CUTOFFS)[0].letters == (on_time,)


def test_what_is_never_printed_is_in_no_batch() -> None:
    assert plan_batches([letter(1, Template.SIGN_IN_LINK)], NOW, cutoffs=CUTOFFS) == []


def test_a_batch_holds_no_more_than_its_limit_and_nothing_is_lost() -> None:
    ready = [letter(number, Template.JULY) for number in range(7)]
    plans = plan_batches(ready, NOW, cutoffs=CUTOFFS, limit=3)
    assert [len(plan.letters) for plan in plans] == [3, 3, 1]
    assert {one.id for plan in plans for one in plan.letters} == {one.id for one in ready}


def test_letters_of_a_batch_are_in_the_order_of_their_making() -> None:
    ready = [letter(number, Template.JULY) for number in (3, 1, 2)]
    [plan] = plan_batches(ready, NOW, cutoffs=CUTOFFS)
    assert [one.id.int for one in plan.letters] == [1, 2, 3]


def test_each_caf_has_its_own_batches_for_france_and_for_abroad() -> None:
    ready = [
        letter(1, Template.JULY, caf_code="359"),
        letter(2, Template.JULY, caf_code="220"),
        letter(3, Template.JULY, caf_code="359", abroad=True),
        letter(4, Template.JULY, caf_code=None),
        letter(5, Template.JULY, caf_code="220"),
    ]
    plans = plan_batches(ready, NOW, cutoffs=CUTOFFS)
    assert [(plan.caf_code, plan.abroad, [one.id.int for one in plan.letters]) for plan in plans] == [
        ("220", False, [2, 5]),
        ("359", False, [1]),
        ("359", True, [3]),
        (None, False, [4]),
    ]


def test_a_batch_says_where_its_letters_go() -> None:
    assert (destination_of(abroad=False), destination_of(abroad=True)) == (Destination.FRANCE, Destination.ABROAD)
