"""The chassis is read whole by whoever writes a service (ADR 4): it stays small, and better tested than anything."""

import ast
import io
import statistics
import tokenize
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHASSIS = ROOT / "libs" / "chassis"
MOST_CODE = 2400
MOST_MEDIAN = 80
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(source: str) -> int:
    """Lines that hold code: neither blank, nor comment, nor docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            node
        ):
            text = node.body[0]
            lines -= set(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return len(lines)


def total(files: Iterable[Path]) -> int:
    return sum(code_lines(file.read_text(encoding="utf-8")) for file in files)


def test_the_chassis_stays_small() -> None:
    assert total(file for file in CHASSIS.glob("chassis/*.py")) <= MOST_CODE


def test_the_chassis_has_two_lines_of_test_for_each_of_code() -> None:
    # Outbox and inbox are tried on each carrier, next to the relays; what is refused at the entrance, and who is, on
    # every operation of the five contracts; what announces a commit, on who is woken by it.
    runner = ROOT / "libs" / "runner" / "tests"
    carriers = [runner / f"test_runner_{name}.py" for name in ("event_contract", "waking")]
    here = Path(__file__)
    entrance = [here.with_name(f"test_{name}.py") for name in ("guard_inputs", "guard_texts", "account_status")]
    assert total([*CHASSIS.glob("tests/**/*.py"), *carriers, *entrance]) >= 2 * total(CHASSIS.glob("chassis/*.py"))


def test_half_of_the_files_are_read_at_a_glance() -> None:
    packages = [ROOT / "libs", ROOT / "services", ROOT / "gateway", ROOT / "launcher", ROOT / "tools"]
    apart = {"tests", "node_modules", "migrations"}
    files = [file for package in packages for file in package.rglob("*.py") if not apart & set(file.parts)]
    assert statistics.median(len(file.read_text(encoding="utf-8").splitlines()) for file in files) < MOST_MEDIAN


def test_counting_leaves_out_what_is_no_code() -> None:
    assert code_lines('"""Doc."""\n\n# why\nx = 1\n\n\ndef f() -> int:\n    """Doc."""\n    return x\n') == 3
