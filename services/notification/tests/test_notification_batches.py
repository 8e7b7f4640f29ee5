from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notification.domain.batches import HOUR, BatchPlan, Cutoffs, HoursTooCloseError, ReadyLetter, plan_batches
from notification.domain.templates import Series, Template

NOW = datetime(2027, 7, 1, 16, 0, tzinfo=UTC)
CUTOFFS = Cutoffs()


def letter(
    number: int, template: Template, *, before: timedelta = timedelta(days=1), caf_code: str = "359"
) -> ReadyLetter:
    return ReadyLetter(UUID(int=number), template, NOW - before, caf_code)


def hours(plans: list[BatchPlan], series: Series) -> set[datetime]:
    return {plan.print_from for plan in plans if plan.series is series}


@pytest.mark.parametrize(("ordinary", "confidential"), [((10, 0), (10, 59)), ((10, 0), (9, 0)), ((23, 30), (0, 15))])
def test_cutoffs_that_would_let_both_print_in_one_hour_are_refused(
    ordinary: tuple[int, int], confidential: tuple[int, int]
) -> None:
    with pytest.raises(HoursTooCloseError):
        Cutoffs(time(*ordinary), time(*confidential))


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
    assert [plan.series for plan in plan_batches(fresh, NOW, cutoffs=CUTOFFS, at_once=True)] == list(Series)


def test_a_batch_holds_no_more_than_its_limit_and_nothing_is_lost() -> None:
    ready = [letter(number, Template.JULY) for number in range(7)]
    plans = plan_batches(ready, NOW, cutoffs=CUTOFFS, limit=3)
    assert [len(plan.letters) for plan in plans] == [3, 3, 1]
    assert {one.id for plan in plans for one in plan.letters} == {one.id for one in ready}


def test_each_caf_has_its_own_batches() -> None:
    ready = [letter(1, Template.JULY, caf_code="359"), letter(2, Template.JULY, caf_code="220")]
    assert [plan.caf_code for plan in plan_batches(ready, NOW, cutoffs=CUTOFFS)] == ["220", "359"]
