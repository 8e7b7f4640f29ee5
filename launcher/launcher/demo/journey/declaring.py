"""The declaration itself: check the information, confirm it, give the rent, read the summary, transmit once."""

import uuid
from decimal import Decimal

from launcher.demo.failures import answered, equal, expect
from launcher.demo.journey.context import Journey, Person
from launcher.demo.screen import Told
from launcher.demo.web.api import DECLARATION, Json

# Three decimals after a comma are ambiguous (thousands or thousandths), so the value is refused.
AMBIGUOUS = "12,345"
RAISE = Decimal("1.15")
INFORMATION = ("address", "commune_insee", "furnished", "single_room", "lease_start")


def address(person: Person) -> str:
    return f"{DECLARATION}/declarations/{person.declaration['id']}"


def read(person: Person) -> Json:
    """The current declaration; its ETag is kept for the next change."""
    answer = answered(person.api.request("GET", address(person)), 200)
    person.etag, person.declaration = answer.headers["etag"], answer.json()
    return person.declaration


def save(person: Person, change: Json) -> Json:
    """Saves some steps; raises StepFailed when they are refused."""
    answer = person.api.request("PUT", f"{address(person)}/draft", json=change, headers={"If-Match": person.etag})
    if answer.status_code == 412 and person.api.patient:
        # The request was repeated while a process restarted: the first one succeeded.
        return read(person)
    answered(answer, 200)
    person.etag, person.declaration = answer.headers["etag"], answer.json()
    return person.declaration


def all_steps(body: Json) -> Json:
    """The three steps of a declaration of which nothing has changed since last year."""
    known = body["known"]
    return {
        "information": {**{name: known["information"][name] for name in INFORMATION}, "confirmed": True},
        "situation": {"present": True, "co_tenants": known["situation"]["co_tenants"], "rent_up_to_date": True},
        "rent": {
            "rent": known["previous_rent"],
            "charges": known["previous_charges"],
            "share": "whole",
            "full_month": True,
            "furnished": known["information"]["furnished"],
        },
    }


def verifies(_journey: Journey, person: Person, told: Told) -> None:
    steps = all_steps(read(person))
    saved = save(person, {"information": steps["information"]})
    equal("étape suivante", "situation", saved["next_step"])
    saved = save(person, {"situation": steps["situation"]})
    equal("étape suivante", "rent", saved["next_step"])
    tenant, since = saved["tenant"], steps["information"]["lease_start"]
    told.say(f"{tenant['first_name']} {tenant['last_name']}, bail depuis le {since}, toujours là")


def gives_rent(_journey: Journey, person: Person, told: Told) -> None:
    before = read(person)
    previous = Decimal(before["known"]["previous_rent"])
    rent = {**all_steps(before)["rent"], "rent": f"{previous * RAISE:.2f}".replace(".", ",")}
    refused = person.api.request(
        "PUT", f"{address(person)}/draft", json={"rent": {**rent, "rent": AMBIGUOUS}}, headers={"If-Match": person.etag}
    )
    pointers = [error["pointer"] for error in answered(refused, 422).json()["errors"]]
    equal(f"ce qui est refusé dans un loyer de {AMBIGUOUS}", ["/rent/rent"], pointers)
    etag = person.etag
    equal("brouillon après le refus", before["draft"], read(person)["draft"])
    equal("version après le refus", etag, person.etag)
    saved = save(person, {"rent": rent})
    total = Decimal(rent["rent"].replace(",", ".")) + Decimal(rent["charges"])
    equal("total, charges comprises", f"{total:.2f}", saved["total"])
    told.say(f"{AMBIGUOUS} refusé sans rien changer ; {rent['rent']} € hors charges enregistrés")


def transmits(_journey: Journey, person: Person, told: Told) -> None:
    asked = [check["code"] for check in read(person)["checks"]["to_confirm"]]
    expect("differs_from_last_year" in asked, "l’écart de plus de 10 % est à confirmer", asked)
    save(person, {"confirmations": dict.fromkeys(asked, "Travaux de rénovation énergétique")})
    equal("étape suivante", "summary", person.declaration["next_step"])
    headers = {"If-Match": person.etag, "Idempotency-Key": str(uuid.uuid4())}
    sent = [
        answered(person.api.request("POST", f"{address(person)}/transmission", headers=headers), 201).json()
        for _ in range(2)
    ]
    equal("réponse à la même demande répétée", sent[0], sent[1])
    person.transmission = sent[0]
    transmissions = read(person)["transmissions"]
    equal("transmissions", [sent[0]["reference"]], [one["reference"] for one in transmissions])
    equal("état", "transmitted", person.declaration["status"])
    told.say(f"envoyée deux fois avec la même clé, reçue une fois : {sent[0]['reference']}")
