"""The holder's download of their account's activity."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from chassis import clock
from flask import Response

COLUMNS = ("Date et heure (Paris)", "Événement", "Par", "Navigateur", "Réseau")


def as_csv(items: Sequence[dict[str, Any]]) -> str:
    """CSV for French spreadsheets: semicolons and a UTF-8 BOM. It contains no text typed by users."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for item in items:
        at = clock.parse(item["at"]).astimezone(clock.PARIS)
        table.writerow((f"{at:%d/%m/%Y %H:%M:%S}", *(item[name] for name in ("label", "by", "browser", "network"))))
    return "\ufeff" + written.getvalue()


def as_file(items: Sequence[dict[str, Any]], kind: str) -> Response:
    """Download in ``csv`` or ``json``."""
    text, media = (as_csv(items), "text/csv") if kind == "csv" else (_as_json(items), "application/json")
    answer = Response(text, content_type=f"{media}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="activite-du-compte.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _as_json(items: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"items": items}, ensure_ascii=False, indent=1)
