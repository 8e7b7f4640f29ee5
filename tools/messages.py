"""`python -m tools.messages [--check]`: writes the names of messages into the contracts, and docs/messages.md.

The table is `notification.domain.messages.Template`; `--check` also compares with it what documents prints.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from documents.rendering import letters
from notification.domain.envelopes import MOST_TENANTS_PER_LETTER
from notification.domain.kinds import Kind
from notification.domain.messages import Template

from tools.workspace import ROOT

BEGIN, END = "<!-- messages -->\n", "<!-- /messages -->"
_ENUM = re.compile(r"(\n    Template:\n      type: string\n      enum: )\[[^]]*\]")
PRINTED = [template for template in Template if template.kind.printed]


def schema(names: Iterable[str]) -> Callable[[str], str]:
    """An event's schema with these values of its `template`."""

    def filled(text: str) -> str:
        read = json.loads(text)
        read["properties"]["data"]["properties"]["template"]["enum"] = [str(name) for name in names]
        return json.dumps(read, indent=2, ensure_ascii=False) + "\n"

    return filled


def openapi(text: str) -> str:
    return _ENUM.sub(rf"\1[{', '.join(Template)}]", text)


def page(text: str) -> str:
    """docs/messages.md with its table regenerated."""
    before, _, rest = text.partition(BEGIN)
    rows = [_row(template, template.kind) for template in Template]
    head = "| message | code | e-mail | letter | sent | not again within |\n|---|---|---|---|---|---|\n"
    return f"{before}{BEGIN}{head}{''.join(rows)}{END}{rest.partition(END)[2]}"


def _row(template: Template, kind: Kind) -> str:
    letter = f"{kind.letter.series} series" if kind.letter else "no"
    sent = ("first", "second", "last")[kind.rank]
    again = f"{kind.repeat_after.days} days" if kind.repeat_after else ""
    return f"| {kind.label} | `{template}` | yes | {letter} | {sent} | {again} |\n"


def generated(root: Path) -> dict[Path, Callable[[str], str]]:
    """What is written from the table."""
    service = root / "services" / "notification"
    return {
        service / "events" / "letter_requested.v1.json": schema(PRINTED),
        service / "events" / "delivered.v1.json": schema(Template),
        service / "events" / "bounced.v1.json": schema(Template),
        service / "openapi.yaml": openapi,
        root / "docs" / "messages.md": page,
    }


def faults(root: Path) -> Iterator[str]:
    """One sentence for each error."""
    for path, filled in generated(root).items():
        if filled(path.read_text(encoding="utf-8")) != path.read_text(encoding="utf-8"):
            yield f"{path.relative_to(root)} is not what the table says: python -m tools.messages"
    if set(PRINTED) != letters.LETTERS:
        yield f"letters of one side only: {', '.join(sorted(letters.LETTERS ^ set(PRINTED)))}"
    secrets = {template: template.kind.sealed for template in PRINTED if template.kind.sealed}
    if secrets != letters.SECRETS:
        yield "the secrets that documents prints are not those of the table"
    if letters.MOST_TENANTS != MOST_TENANTS_PER_LETTER:
        yield "documents and notification disagree on the tenants of one July letter"


def main(root: Path = ROOT) -> int:
    if "--check" in sys.argv[1:]:
        found = list(faults(root))
        for fault in found:
            print(f"{fault}.")
        return int(bool(found))
    for path, filled in generated(root).items():
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
