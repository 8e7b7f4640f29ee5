"""The holder's download of their account's activity."""

import csv
import io
import json
from collections.abc import Sequence

from chassis import clock
from flask import Response

from identity.api_types import Activity

COLUMNS = ("Date et heure (Paris)", "Événement", "Par", "Navigateur", "Réseau")


def as_csv(items: Sequence[Activity]) -> str:
    """CSV for French spreadsheets: semicolons and a UTF-8 BOM. It contains no text typed by users."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for item in items:
        at = clock.parse(item["at"]).astimezone(clock.PARIS)
        shown = (item["label"], item["by"], item["browser"], item["network"])
        table.writerow((f"{at:%d/%m/%Y %H:%M:%S}", *shown))
    return "\ufeff" + written.getvalue()


def as_file(items: Sequence[Activity], kind: str) -> Response:
    """Download in ``csv`` or ``json``."""
    text, media = (as_csv(items), "text/csv") if kind == "csv" else (_as_json(items), "application/json")
    answer = Response(text, content_type=f"{media}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="activite-du-compte.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _as_json(items: Sequence[Activity]) -> str:
    return json.dumps({"items": items}, ensure_ascii=False, indent=1)
