"""The Caf agent's steps: sign in, import the registry, open the campaign, follow its progress."""

import secrets
from datetime import timedelta

from chassis import clock
from chassis.french.formats import short_date

from launcher.demo.contact import CONTACT
from launcher.demo.credentials import Credentials
from launcher.demo.failures import answered, equal, expect
from launcher.demo.journey.context import Journey
from launcher.demo.journey.first_sign_in import give_credentials, protect_account, sign_in_again, sign_in_first
from launcher.demo.journey.people import own_password
from launcher.demo.journey.second_factor import SECOND_STEP
from launcher.demo.screen import Told
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import DECLARATION, IDENTITY, Json
from launcher.demo.web.sign_in import SignIn

IMPORT_SECONDS = 180.0


def signs_in(journey: Journey, told: Told) -> None:
    information = {
        "civility": "Mme",
        "last_name": "RIVIERE",
        "first_name": "Anne",
        "function": "Référente bailleurs",
        "email": f"anne.riviere.{secrets.token_hex(4)}@caf.example",
        "telephone": "02 99 00 00 00",
    }
    journey.agent_own = Credentials(journey.agent.login, own_password(), journey.agent.caf_code)
    journey.agent_api = sign_in_first(journey.site, journey.agent, information, journey.agent_own.password)
    me = journey.agent_api.get(f"{IDENTITY}/me")
    equal("nature du compte et Caf", ("agent", journey.registry.caf_code), (me["kind"], me["caf_code"]))
    told.say(f"Anne RIVIERE, agent de la Caf {me['caf_code']}")


def hands_over_registry(journey: Journey, told: Told) -> None:
    content, lines = journey.registry.csv.encode(), len(journey.registry.rows)
    file = {"file": (f"registre-{journey.registry.caf_code}.csv", content, "text/csv")}
    sent = answered(journey.agent_api.request("POST", f"{DECLARATION}/registry-imports", files=file), 202).json()

    def ended() -> Json | None:
        found = journey.agent_api.get(f"{DECLARATION}/registry-imports/{sent['id']}")
        told.progress(f"{found['lines_done']} lignes sur {found['lines_total'] or '…'}")
        return found if found["status"] in ("done", "refused") else None

    report = wait_for("l’import du registre terminé", ended, seconds=IMPORT_SECONDS, every=0.2)
    equal("état de l’import", "done", report["status"])
    equal("lignes prises et écartées", (lines, 0), (report["lines_good"], report["lines_bad"]))
    equal("bailleurs créés", len(journey.registry.landlords), report["created"]["landlords"])
    told.say(f"{lines} lignes, {len(journey.registry.landlords)} bailleurs, {len(content) // 1024} Kio")


def opens_campaign(journey: Journey, told: Told) -> None:
    year, today = journey.year, clock.today()
    campaigns = journey.agent_api.get(f"{DECLARATION}/campaigns")["items"]
    expect(
        all(one["year"] != year for one in campaigns),
        f"une Caf sans campagne {year}",
        f"la Caf {journey.registry.caf_code} en a déjà une : relancez avec un agent d’une autre Caf",
    )
    deadline = today + timedelta(days=30)
    new = {
        "year": year,
        "deadline": deadline.isoformat(),
        "cut_off": (deadline + timedelta(days=60)).isoformat(),
        "contact": CONTACT,
    }
    journey.agent_api.create(f"{DECLARATION}/campaigns", new)
    opened = journey.agent_api.create(f"{DECLARATION}/campaigns/{year}/opening", {}, status=200)
    expected = journey.registry.to_declare
    equal("déclarations à faire", expected, opened["declarations"])
    equal("baux sans loyer de juillet", len(journey.registry.rows) - expected, opened["not_concerned"])
    equal("bailleurs sollicités", len(journey.registry.landlords), opened["landlords"])
    told.say(f"{expected} déclarations attendues jusqu’au {short_date(deadline)}")


def follows(journey: Journey, told: Told) -> None:
    progress = journey.agent_api.get(f"{DECLARATION}/campaigns/{journey.year}/progress")
    equal("déclarations transmises", len(journey.people), progress["transmitted"])
    equal("déclarations en tout", len(journey.registry.rows), progress["total"])
    zones = {one["departement"] for one in progress["departements"]}
    equal("départements suivis", {"22", "35", "56"}, zones)
    told.say(f"{progress['transmitted']} transmises sur {progress['total']}, département par département")


def protects_account(journey: Journey, told: Told) -> None:
    journey.agent_application = protect_account(journey.site, journey.agent_own)
    browser = SignIn(journey.site)
    page = give_credentials(browser, journey.agent_own)
    equal("après le mot de passe", SECOND_STEP, page.path)
    journey.agent_api = sign_in_again(journey.site, journey.agent_own, journey.agent_application)
    me = journey.agent_api.get(f"{IDENTITY}/me")
    equal(
        "compte ouvert par le mot de passe et le code",
        ("agent", journey.registry.caf_code),
        (me["kind"], me["caf_code"]),
    )
    told.say("le mot de passe seul n’ouvre plus rien ; le code de l’application est demandé")
