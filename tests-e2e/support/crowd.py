"""Several people of one organisation who declare at once."""

import itertools
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from launcher.demo.failures import answered
from launcher.demo.journey.context import Journey, Person
from launcher.demo.journey.declaring import all_steps
from launcher.demo.web.api import DECLARATION, Api, Json

# The next kill falls each time so many declarations have been transmitted.
BETWEEN = 6


def declare_all(journey: Journey, person: Person, *, people: int, every_so_often: Callable[[], None]) -> list[str]:
    """The references of what was accepted: each declaration due, saved and transmitted. `every_so_often` is called
    from one thread at a time."""
    due, lock, done = _due(person.api, journey.year), threading.Lock(), itertools.count(1)

    def declare(declaration_id: str) -> str:
        reference = _declare(person.api, declaration_id)
        with lock:
            if next(done) % BETWEEN == 0:
                every_so_often()
        return reference

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(declare, due))


def _due(api: Api, year: int) -> list[str]:
    page = api.get(f"{DECLARATION}/declarations", campaign=year, status="to_declare", limit=200)
    return [item["id"] for item in page["items"]]


def _declare(api: Api, declaration_id: str) -> str:
    """Everything in one change, confirmed, transmitted with a key of its own."""
    address = f"{DECLARATION}/declarations/{declaration_id}"
    answer = answered(api.request("GET", address), 200)
    body, etag = _save(api, address, answer.headers["etag"], all_steps(answer.json()))
    asked = {check["code"]: "" for check in body["checks"]["to_confirm"]}
    if asked:
        body, etag = _save(api, address, etag, {"confirmations": asked})
    headers = {"If-Match": etag, "Idempotency-Key": str(uuid.uuid4())}
    sent = answered(api.request("POST", f"{address}/transmission", headers=headers), 201)
    return str(sent.json()["reference"])


def _save(api: Api, address: str, etag: str, change: Json) -> tuple[Json, str]:
    answer = api.request("PUT", f"{address}/draft", json=change, headers={"If-Match": etag})
    if answer.status_code == 412:
        # The change was made, but its answer died with the process that had made it.
        answer = api.request("GET", address)
    answered(answer, 200)
    return answer.json(), answer.headers["etag"]
