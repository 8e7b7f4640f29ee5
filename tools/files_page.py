"""Generates the tables of docs/caf-files.md from the tables in the code; run as a module, it writes them there."""

from pathlib import Path

from declaration.domain.answers import columns as answers
from declaration.domain.answers.reasons import REASONS
from declaration.domain.exports import columns as exports
from declaration.domain.registry.columns import always, never

PAGE = Path("docs/caf-files.md")


def export_table() -> str:
    rows = [f"| `{name}` | {column.content} | `{_cell(column.example)}` |" for name, column in exports.COLUMNS.items()]
    return "\n".join(["| column | content | example |", "|---|---|---|", *rows])


def answers_table() -> str:
    rows = []
    for name, column in answers.COLUMNS.items():
        mandatory = {always: "yes", never: "no", answers.rejected: "if rejected"}.get(
            column.mandatory, "if rejected or information_requested"
        )
        rows.append(f"| `{name}` | {column.rule} | {mandatory} | `{_cell(column.example)}` |")
    return "\n".join(["| column | rule | mandatory | example |", "|---|---|---|---|", *rows])


def reasons_rows() -> str:
    return "\n".join(f"| `{code}` | {reason.label} | {reason.guidance} |" for code, reason in REASONS.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def filled(page: str) -> str:
    """The page with its tables regenerated."""
    for name, table in (("export", export_table()), ("answers", answers_table()), ("reasons", reasons_rows())):
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}{table}\n{end}{rest.partition(end)[2]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
