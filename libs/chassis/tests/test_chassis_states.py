"""A table of states: every pair of state and trigger either moves as its row says or is refused, whatever the table."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from chassis.problems import Conflict
from chassis.states import Guard, Table, Transition, TransitionRefused
from hypothesis import given
from hypothesis import strategies as st


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"
    WALLED = "walled"


class Act(StrEnum):
    PUSH = "push"
    TURN = "turn"
    UNDO = "undo"


@dataclass(frozen=True)
class Hands:
    key: bool = True
    before: Door = Door.OPEN


KEY = Guard[Hands]("has_key", lambda hands: hands.key, "Il faut la clef.")
ROWS: dict[tuple[Door | None, Act], Door | Transition[Door, Hands]] = {
    (None, Act.PUSH): Door.OPEN,
    (Door.OPEN, Act.PUSH): Door.SHUT,
    (Door.SHUT, Act.TURN): Transition((Door.LOCKED,), KEY),
    (Door.LOCKED, Act.UNDO): Transition((Door.OPEN, Door.SHUT), KEY, lambda hands: hands.before),
}
TABLE = Table(ROWS, lambda door, act: f"{act} : {door}")

states = st.none() | st.sampled_from(Door)
pairs = st.tuples(states, st.sampled_from(Act))
guards = st.none() | st.just(KEY)
rows = st.sampled_from(Door) | st.builds(lambda to, guard: Transition((to,), guard), st.sampled_from(Door), guards)


@given(st.dictionaries(pairs, rows), pairs, st.booleans())
def test_every_pair_moves_as_its_row_says_or_is_refused(
    given_rows: dict[tuple[Door | None, Act], Door | Transition[Door, Hands]], pair: tuple[Door | None, Act], key: bool
) -> None:
    table = Table(given_rows, lambda door, act: f"{act} : {door}")
    row, facts = given_rows.get(pair), Hands(key)
    guarded = isinstance(row, Transition) and row.guard is not None
    if row is not None and (key or not guarded):
        assert table.advance(*pair, facts) is (row.targets[0] if isinstance(row, Transition) else row)
        assert pair[1] in table.allowed(pair[0], facts)
        return
    with pytest.raises(Conflict) as refused:
        table.advance(*pair, facts)
    assert isinstance(refused.value, TransitionRefused)
    assert (refused.value.state, refused.value.trigger) == pair
    assert refused.value.detail == ("Il faut la clef." if guarded else f"{pair[1]} : {pair[0]}")
    assert pair[1] not in table.allowed(pair[0], facts)


@given(st.dictionaries(pairs, rows))
def test_a_state_is_final_when_no_row_leaves_it(
    given_rows: dict[tuple[Door | None, Act], Door | Transition[Door, Hands]],
) -> None:
    table = Table(given_rows, lambda door, act: f"{act} : {door}")
    assert table.final(Door) == {door for door in Door if not table.allowed(door, Hands())}


@pytest.mark.parametrize("before", [Door.OPEN, Door.SHUT])
def test_the_facts_choose_between_several_targets(before: Door) -> None:
    assert TABLE.advance(Door.LOCKED, Act.UNDO, Hands(before=before)) is before
    with pytest.raises(TransitionRefused):
        TABLE.advance(Door.LOCKED, Act.UNDO, Hands(key=False, before=before))


def test_the_table_is_read_in_its_order_with_every_target() -> None:
    assert [(source, act, to.targets) for source, act, to in TABLE] == [
        (None, Act.PUSH, (Door.OPEN,)),
        (Door.OPEN, Act.PUSH, (Door.SHUT,)),
        (Door.SHUT, Act.TURN, (Door.LOCKED,)),
        (Door.LOCKED, Act.UNDO, (Door.OPEN, Door.SHUT)),
    ]
    assert TABLE.allowed(Door.SHUT, Hands()) == [Act.TURN]
    assert TABLE.sources(Act.PUSH) == {None: Door.OPEN, Door.OPEN: Door.SHUT}
    assert TABLE.final(Door) == {Door.WALLED}


def test_a_table_may_have_an_error_of_its_own() -> None:
    class Stuck(TransitionRefused, status=Conflict.status, code="stuck"):
        pass

    with pytest.raises(Stuck) as refused:
        Table(ROWS, lambda _door, _act: "Non.", Stuck).advance(Door.WALLED, Act.PUSH)
    assert (refused.value.status, refused.value.detail) == (409, "Non.")


def test_every_table_of_transitions_of_the_services_is_such_a_table() -> None:
    services = Path(__file__).resolve().parents[3] / "services"
    code = {file: file.read_text(encoding="utf-8") for file in services.glob("*/*/domain/**/*.py")}
    written = {file: text for file, text in code.items() if re.search(r"^\w*TRANSITIONS\b.* = ", text, re.MULTILINE)}
    assert len(written) == 8
    assert all(re.search(r"\bTable\(", text) for text in written.values())
    assert not [file for file, text in code.items() if re.search(r"TRANSITIONS(\.get\(|\[)", text)]
