"""What the landlord keeps: the recap PDF, its public check, the receipt; and what they must not see."""

import hashlib
import io
import uuid

from pypdf import PdfReader

from launcher.demo.failures import answered, equal, expect
from launcher.demo.journey.context import Journey, Person
from launcher.demo.mailbox import Message
from launcher.demo.screen import Told
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import DECLARATION, DOCUMENTS, Json

ATTACHED = "declaration.json"


def keeps_recap(journey: Journey, person: Person, told: Told) -> None:
    def made() -> Json | None:
        items: list[Json] = person.api.get(f"{DOCUMENTS}/documents", declaration=person.declaration["id"])["items"]
        return items[0] if items else None

    document = wait_for("le récapitulatif de la déclaration", made)
    equal("empreinte annoncée", person.transmission["sha256"], document["sha256"])
    answer = answered(person.api.request("GET", f"{DOCUMENTS}/documents/{document['id']}/content"), 200)
    expect(answer.content.startswith(b"%PDF"), "un fichier PDF", answer.headers.get("content-type"))
    equal("taille annoncée", document["size"], len(answer.content))
    equal("conservation par les intermédiaires", "no-store", answer.headers.get("cache-control"))
    pdf = PdfReader(io.BytesIO(answer.content))
    attached = pdf.attachments[ATTACHED][0]
    equal("SHA-256 de ce qui est déclaré", document["sha256"], hashlib.sha256(attached).hexdigest())
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    expect(person.transmission["reference"] in text, "la référence imprimée", "une autre, ou aucune")
    target = journey.output / f"recapitulatif-{person.transmission['reference']}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(answer.content)
    told.say(f"{target} : {document['pages']} page(s), {len(answer.content) // 1024} Kio")


def checks_reference(journey: Journey, person: Person, told: Told) -> None:
    reference = person.transmission["reference"]
    stranger = journey.site.client()
    found = answered(stranger.get(f"{DOCUMENTS}/verifications/{reference}"), 200).json()
    page = answered(stranger.get(f"/v/{reference}"), 200).text
    equal("empreinte vérifiée", person.transmission["sha256"], found["sha256"])
    expect(reference in page, f"la référence à /v/{reference}", "une page sans elle")
    tenant = person.declaration["tenant"]
    shown = [name for name in (tenant["number"], tenant["last_name"], person.landlord.name) if name in page]
    expect(not shown, "aucune donnée personnelle sur la page publique", f"{len(shown)} trouvée(s)")
    told.say(f"/v/{reference} confirme date, nombre et empreinte, sans donnée personnelle")


def receives_receipt(journey: Journey, person: Person, told: Told) -> None:
    reference = person.transmission["reference"]

    def arrived() -> Message | None:
        messages = journey.mailbox.mails(person.email)
        if not person.by_email:
            messages = messages + journey.mailbox.letters(person.landlord.address)
        return next((one for one in messages if reference in one.words or reference in one.subject), None)

    found = wait_for(f"l’accusé de réception de {reference}", arrived)
    told.say("par courrier" if found.batch else "par courriel")


def cannot_see_others(journey: Journey, told: Told) -> None:
    """Every other person's declaration answers like one that does not exist."""
    for person in journey.people:
        others = [other.declaration["id"] for other in journey.people if other is not person]
        for declaration_id in others:
            for path in (f"{DECLARATION}/declarations/{{}}", f"{DECLARATION}/declarations/{{}}/draft"):
                _same_answer(person, path, declaration_id)
        foreign = person.api.get(f"{DOCUMENTS}/documents", declaration=others[0])["items"]
        equal("récapitulatifs d’un autre bailleur", [], foreign)
    told.say("404, la même réponse que pour un identifiant inventé")


def _same_answer(person: Person, path: str, declaration_id: str) -> None:
    answers = []
    for one in (declaration_id, str(uuid.uuid4())):
        if path.endswith("draft"):
            headers = {"If-Match": person.etag}
            answer = person.api.request("PUT", path.format(one), json={"confirmations": {}}, headers=headers)
        else:
            answer = person.api.request("GET", path.format(one))
        problem = answered(answer, 404).json()
        answers.append((problem["type"], problem["title"], problem.get("detail")))
    equal("réponse à l’identifiant d’un autre", answers[1], answers[0])
