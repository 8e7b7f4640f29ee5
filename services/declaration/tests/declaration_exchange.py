"""A landlord who declares, a Caf that takes batches and answers: what the tests of the exchange share."""

import csv
import io
import json
from typing import Any
from zipfile import ZipFile

from chassis import clock
from declaration_cases import INFORMATION, RENT, SITUATION

CSV = "text/csv"


def lot(number: int, **changes: str) -> dict[str, str]:
    """Another dwelling and tenant of the same landlord."""
    return {"dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


def opened(world: Any, tenancies: int = 1) -> list[str]:
    """A campaign with so many declarations to make; their ids, in the list's order."""
    world.register(*[lot(number) for number in range(tenancies)])
    world.open_campaign()
    return [item["id"] for item in world.declarations(world.agent())]


def declare(world: Any, declaration: str, headers: dict[str, str], **rent: Any) -> dict[str, Any]:
    """Saves the three steps and transmits; the answer of the transmission."""
    path = f"/declarations/{declaration}"
    etag = world.get(path, headers).headers["etag"]
    steps = {"information": INFORMATION, "situation": SITUATION, "rent": {**RENT, **rent}}
    saved = world.put(f"{path}/draft", headers, steps, **{"If-Match": etag})
    assert saved.status_code == 200, saved.text
    sent = world.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]})
    assert sent.status_code == 201, sent.text
    found: dict[str, Any] = sent.json()
    return found


def type_paper(world: Any, declaration: str, agent: dict[str, str]) -> str:
    """An agent types what came on paper and files it; the reference of the version."""
    body = {"declaration_id": declaration, "received_on": clock.today().isoformat()}
    begun = world.post("/papers", agent, body)
    path = f"/papers/{begun.json()['id']}"
    steps = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
    typed = world.put(f"{path}/draft", agent, steps, **{"If-Match": begun.headers["etag"]})
    seen = {"declaration_etag": typed.json()["declaration_etag"]}
    filed = world.post(f"{path}/filing", agent, seen, **{"If-Match": typed.headers["etag"]})
    assert filed.status_code == 201, filed.text
    return str(filed.json()["declaration"]["transmissions"][0]["reference"])


def correct(world: Any, declaration: str, headers: dict[str, str], reason: str = "Erreur", **rent: Any) -> Any:
    """A correction, transmitted."""
    amended = world.post(f"/declarations/{declaration}/amendments", headers, {"reason": reason})
    assert amended.status_code == 201, amended.text
    return declare(world, declaration, headers, **rent)


def make_export(world: Any, caf: str = "359") -> Any:
    """The answer to an agent who asks for a batch."""
    return world.post("/exports", world.agent(caf))


def ready(world: Any, caf: str = "359") -> dict[str, Any]:
    """A batch that was asked for, and whose file is written."""
    made = make_export(world, caf)
    assert made.status_code == 201, made.text
    world.harness.run_job("write exports")
    found: dict[str, Any] = world.get(f"/exports/{made.json()['id']}", world.agent(caf)).json()
    assert found["status"] == "ready"
    return found


def archive(world: Any, export: dict[str, Any]) -> bytes:
    """The ZIP as an agent downloads it."""
    taken = world.get(f"/exports/{export['id']}/content", world.agent(export["caf_code"]))
    assert taken.status_code == 200, taken.text
    content: bytes = taken.content
    return content


def opened_archive(content: bytes) -> tuple[list[dict[str, str]], dict[str, Any], bytes, bytes]:
    """The lines, the manifest, and the bytes of both."""
    with ZipFile(io.BytesIO(content)) as found:
        name = next(name for name in found.namelist() if name.endswith(".csv"))
        raw, told = found.read(name), found.read("manifeste.json")
    return list(csv.DictReader(io.StringIO(raw.decode()), delimiter=";")), json.loads(told), raw, told


def answers_file(*rows: dict[str, str], columns: tuple[str, ...] = ()) -> bytes:
    """A file of answers; without `columns`, those of the table and what the rows hold besides."""
    plain = ("reference", "version", "answer", "reason_code", "text")
    names = columns or tuple(dict.fromkeys((*plain, *(name for row in rows for name in row))))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=";", restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def send_answers(world: Any, content: bytes, caf: str = "359", name: str = "reponses.csv", **params: str) -> Any:
    """The answer to an agent who hands the file over."""
    headers = world.agent(caf)
    url = "/api/declaration/v1/answers"
    return world.harness.client.post(url, files={"file": (name, content, CSV)}, headers=headers, params=params)


def answered(world: Any, *rows: dict[str, str], caf: str = "359") -> dict[str, Any]:
    """The import once it is read."""
    sent = send_answers(world, answers_file(*rows), caf)
    assert sent.status_code == 202, sent.text
    world.harness.run_job("read answers")
    found: dict[str, Any] = world.get(f"/answers/{sent.json()['id']}", world.agent(caf)).json()
    return found


def told(world: Any, imported: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of an import."""
    found: list[dict[str, Any]] = world.get(f"/answers/{imported['id']}/errors", world.agent()).json()["items"]
    return found
