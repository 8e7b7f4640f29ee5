"""The landlord's steps before declaring: receive credentials, sign in, check rights and tenants."""

from launcher.demo import credentials
from launcher.demo.failures import equal, expect
from launcher.demo.journey.context import Journey, Person
from launcher.demo.journey.first_sign_in import refuse_used_password, sign_in_first
from launcher.demo.screen import Told
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import DECLARATION, HABILITATION, Json


def receives_credentials(journey: Journey, person: Person, told: Told) -> None:
    what = "courriels" if person.by_email else "courriers"
    found = wait_for(
        f"identifiant et mot de passe provisoire, en deux {what}",
        lambda: credentials.find(person.received(journey.mailbox)),
    )
    first, second = found.login_message, found.password_message
    expect(first.id != second.id, "deux messages distincts", "un seul")
    if not person.by_email:
        expect(first.batch != second.batch, "deux lots d’impression distincts", first.batch)
    person.credentials = found.credentials
    told.say(f"deux {what} distincts ; aucun ne porte à la fois l’identifiant et le mot de passe")


def signs_in(journey: Journey, person: Person, told: Told) -> None:
    information = {
        "civility": person.civility,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "email": person.email,
    }
    person.api = sign_in_first(
        journey.site,
        person.credentials,
        information,
        person.own_password,
        try_wrong_order=True,
        read_code=lambda: confirmation_code(journey, person),
    )
    told.say("cinq étapes, puis le code reçu par courriel")
    told.say("les étapes suivantes, demandées trop tôt, ramènent à celle qui est due")


def confirmation_code(journey: Journey, person: Person) -> str:
    """From the last message to that address with a code in it; logins look the same, so the subject is checked."""

    def found() -> str | None:
        asked = [one for one in journey.mailbox.mails(person.email) if "Confirmez votre adresse" in one.subject]
        return next(iter(credentials.logins(asked[-1])), None) if asked else None

    return wait_for("le code de confirmation de l’adresse", found)


def cannot_reuse_password(journey: Journey, person: Person, told: Told) -> None:
    refuse_used_password(journey.site, person.credentials)
    told.say("refusé, avec la phrase qui dit quoi faire")


def is_administrator(journey: Journey, person: Person, told: Told) -> None:
    def access() -> Json | None:
        answer = person.api.request("GET", f"{HABILITATION}/me/access")
        found: Json = answer.json() if answer.status_code == 200 else {}
        return found if found.get("scopes") else None

    found = wait_for("les droits de la première personne connectée", access)
    equal("rôle", "administrator", found["role"])
    expected = {(row["housing_type"], row["commune_insee"][:2]) for row in journey.registry.rows_of(person.landlord)}
    given = {(scope["housing_type"], scope["zone"]) for scope in found["scopes"]}
    equal("périmètre (type de logements, département)", sorted(expected), sorted(given))
    told.say(f"administrateur, {len(given)} groupe(s) : {', '.join(sorted({zone for _type, zone in given}))}")


def sees_tenants(journey: Journey, person: Person, told: Told) -> None:
    expected = len(journey.registry.rows_of(person.landlord))

    def listed() -> Json | None:
        page = person.api.get(f"{DECLARATION}/declarations", campaign=journey.year, limit=200)
        return page if page["total"] == expected else None

    page = wait_for(f"{expected} locataire(s) dans la liste", listed)
    due = journey.registry.due_from(person.landlord)
    equal("à déclarer", due, page["counts"].get("to_declare", 0))
    expect(all(item["status_label"] for item in page["items"]), "un état en français à chaque ligne", "un état vide")
    first = person.api.get(f"{DECLARATION}/declarations", campaign=journey.year, status="to_declare", limit=1)
    person.declaration = first["items"][0]
    told.say(f"{expected} locataire(s), {due} à déclarer")
