"""The quick reader of registry lines and the rules: one table, the same rows, the same refusals."""

from typing import Any

import pytest
from declaration.domain import texts
from declaration.domain.registry import lines, rows
from declaration.domain.registry.columns import COLUMNS
from declaration.domain.registry.compiled import CompiledLines
from declaration.models import RegistryImport
from declaration.registry import commands, jobs, read_waiting
from declaration_cases import LINE, PERSON
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

HEADER = lines.header(";".join(COLUMNS))
FORMS = [rows.COPY, rows.PLAIN]


def line_of(row: dict[str, str]) -> str:
    return ";".join(row.get(name, "") for name in COLUMNS)


def by_the_rules(line: str, compiled: CompiledLines) -> dict[str, Any] | None:
    try:
        read, _errors = lines.read(lines.cut(line), HEADER, 2)
    except lines.UnreadableLineError:
        return None
    return None if read is None else compiled.written(read)


cells = st.one_of(
    st.sampled_from(
        ["", " ", "0", "1", '"', "\r", "\\", "\\N", "a\tb", "  ", "2026-02-30", "2015-01-01", "359 ", "x|y", "|"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\n;"), max_size=45),
)


def quickly(compiled: CompiledLines, *found: str) -> list[dict[str, Any] | None]:
    """What each line gives when they are read together; None for a line that is left to the rules."""
    block = compiled.read([line.encode() for line in found])
    read = dict(zip(block.places, zip(*block.columns.values(), strict=True), strict=True))
    return [
        dict(zip(block.columns, read[place], strict=True)) if place in read else None for place in range(len(found))
    ]


changed_lines = st.builds(
    lambda base, changes: line_of({**base, **changes}),
    st.sampled_from([LINE, PERSON]),
    st.dictionaries(st.sampled_from(list(COLUMNS)), cells, max_size=3),
)


@given(st.lists(changed_lines, min_size=1, max_size=4), st.sampled_from(FORMS))
def test_what_is_read_quickly_is_what_the_rules_read(given_lines: list[str], form: Any) -> None:
    compiled = CompiledLines(HEADER, form)
    for line, found in zip(given_lines, quickly(compiled, *given_lines), strict=True):
        assert found is None or found == by_the_rules(line, compiled)


@given(st.sampled_from(list(COLUMNS)), st.lists(cells, min_size=1, max_size=4), st.sampled_from(FORMS))
def test_a_column_is_read_as_its_values_one_by_one(name: str, values: list[str], form: Any) -> None:
    compiled = CompiledLines(HEADER, form)
    given_lines = [line_of({**LINE, name: value}) for value in values]
    for line, found in zip(given_lines, quickly(compiled, *given_lines), strict=True):
        assert found is None or found == by_the_rules(line, compiled)


@pytest.mark.parametrize("row", [LINE, PERSON, {**LINE, "dwelling_ref": "A\\B", "lease_end": "2026-01-31"}])
@pytest.mark.parametrize("beside", [{}, {"siret": "1"}, {"dwelling_address": " X"}, {"tenant_last_name": "A  B"}])
def test_a_well_formed_line_is_read_quickly_once_and_again_whatever_is_beside_it(
    row: dict[str, str], beside: dict[str, str]
) -> None:
    compiled = CompiledLines(HEADER, rows.COPY)
    line, other = line_of(row), line_of({**LINE, **beside})
    first, _, again = quickly(compiled, line, other, line)
    assert first == again == by_the_rules(line, compiled)


def test_a_block_without_any_line_to_read_gives_none() -> None:
    assert quickly(CompiledLines(HEADER, rows.COPY), "", "a;b", "\n") == [None, None, None]


def test_lines_of_another_caf_and_lines_that_are_not_utf8_are_left_to_the_rules() -> None:
    mine, other = line_of(LINE), line_of({**LINE, "caf_code": "220"})
    compiled = CompiledLines(HEADER, rows.COPY, "359")
    assert [found is None for found in quickly(compiled, other, mine, other)] == [True, False, True]
    assert list(compiled.read([b"\xff", mine.encode()]).places) == [1]


def test_many_texts_are_folded_as_one_by_one() -> None:
    texts_given = ["DE L’ÉCLUSE", "", "  Œuvre ", "Straße|x", "ΟΔΟΣ", "Ǿ", "a\u0301b"]
    assert texts.folded_each(texts_given) == [texts.folded(each) for each in texts_given]
    assert texts.folded("DE L’ÉCLUSE", "Œdipe") == "de l ecluse oedipe"


def test_what_copy_would_take_for_a_sign_is_a_letter(world: Any) -> None:
    world.register({"tenant_last_name": r"A\NB\t", "dwelling_address": r'RUE "\" |35000 RENNES'})
    (tenancy,), (dwelling,) = world.harness.rows("tenancy"), world.harness.rows("dwelling")
    assert tenancy["tenant_last_name"] == r"A\NB\t"
    assert tenancy["sort_key"] == "a nb t adam"
    assert world.register({})["updated"]["tenancies"] == 1
    assert dwelling["search"] == "rue 35000 rennes l 0001"


def test_lines_lost_with_the_database_are_read_again(world: Any) -> None:
    runtime = world.harness.runtime
    path = world.file(*[{"dwelling_ref": f"L-{number}"} for number in range(9)], {"siret": "1"})
    with path.open("rb") as stream:
        import_id, _ = commands.receive(runtime, stream, "r.csv", caf_code="359", sent_by="test")
    claimed = jobs.JOBS.claim(runtime)
    assert claimed is not None
    lease, _ = claimed

    class Killed(BaseException):
        """As SIGKILL: nothing of ours runs after it."""

    def killed() -> None:
        raise Killed

    with pytest.raises(Killed):
        jobs.run(runtime, lease, killed)
    with world.harness.transaction() as session:
        session.execute(text("DELETE FROM registry_staging"))
        session.get_one(RegistryImport, import_id).leased_until = None
    read_waiting(runtime)
    done = world.get(f"/registry-imports/{import_id}", world.agent()).json()
    assert (done["status"], done["lines_good"], done["lines_bad"], done["lines_merged"]) == ("done", 9, 1, 9)
    assert done["created"]["tenancies"] == 9
    assert len(world.harness.rows("registry_import_error")) == 1


def test_what_changed_is_told_once_by_a_job(world: Any) -> None:
    runtime = world.harness.runtime
    with world.file({}).open("rb") as stream:
        commands.receive(runtime, stream, "r.csv", caf_code="359", sent_by="test")
    read_waiting(runtime)
    assert world.harness.published() == []
    world.harness.run_job("publish the portfolio")
    world.harness.run_job("publish the portfolio")
    told = [event.type for event in world.harness.published()]
    assert told == ["registry.landlord_registered.v1", "registry.portfolio_changed.v1"]
