"""Identity and the five services, from memory: answers are the examples of the services' own OpenAPI documents."""

import copy
import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import requests
import yaml
from authlib.integrations.requests_client import OAuth2Session
from declaration.filing import declared_fields
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from requests.adapters import BaseAdapter

SERVICES = Path(__file__).parents[3] / "services"
ISSUER = "http://localhost:8080"
ACCOUNT = "01973f50-0000-7000-8000-000000000001"
ORGANISATION = "01973f50-0000-7000-8000-00000000000a"
DECLARATION = "01973f50-0000-7000-8000-00000000000c"
GROUP = "01973f50-0000-7000-8000-0000000000a1"
COLLEAGUE = "01973f50-0000-7000-8000-000000000002"
DELEGATE = "01973f50-0000-7000-8000-000000000003"
DOCUMENT = "01973f50-0000-7000-8000-00000000000e"
REFERENCE = "R26-8K3M-W2QT-5YBN-0XCD"
Answer = Callable[[httpx.Request], httpx.Response]
SignIn = Callable[..., FlaskClient]
MakePortal = Callable[[str], Flask]


@functools.cache
def contract(service: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load((SERVICES / service / "openapi.yaml").read_text(), yaml.CSafeLoader)
    return document


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` of the document points to."""
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        found = found[part]
    return dict(found) if "$ref" in node else node


def example(service: str, path: str, method: str, status: str = "200") -> Any:
    """The example that a service's own document gives, at the answer or at its schema."""
    document = contract(service)
    answer = resolved(document, document["paths"][path][method]["responses"][status])
    media = answer["content"]["application/json"]
    if "example" in media:
        return copy.deepcopy(media["example"])
    return copy.deepcopy(resolved(document, media["schema"])["examples"][0])


def problem(status: int, **more: Any) -> httpx.Response:
    body = {"type": "urn:bailleurs:problem:test", "title": "Refusé.", "status": status, **more}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


class FakeServices:
    """`on` replaces an answer; `calls` are the requests received, oldest first."""

    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []
        self.answers: dict[tuple[str, str], Answer] = {}
        self.declaration = example("declaration", "/declarations/{declaration_id}", "get")
        self.add_landlord_answers()
        self.add_agent_answers()
        self.add_paper_answers()

    def on(self, method: str, path: str, answer: Any) -> None:
        """`answer` is a JSON body, a response, or a function of the request."""
        if callable(answer):
            self.answers[method, path] = answer
        elif isinstance(answer, httpx.Response):
            self.answers[method, path] = lambda _request: answer
        else:
            self.answers[method, path] = lambda _request: httpx.Response(200, json=answer, headers={"ETag": '"7"'})

    def transport(self) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            self.calls.append(request)
            found = self.answers.get((request.method, request.url.path))
            return found(request) if found else problem(404)

        return httpx.MockTransport(answer)

    def sent(self, method: str, path: str) -> list[Any]:
        """The JSON bodies received there."""
        here = [call for call in self.calls if (call.method, call.url.path) == (method, path)]
        return [json.loads(call.content) if call.content else None for call in here]

    def add_landlord_answers(self) -> None:
        at, one = "/api/declaration/v1/declarations", f"/api/declaration/v1/declarations/{DECLARATION}"
        self.on("GET", at, example("declaration", "/declarations", "get"))
        self.on("GET", f"{at}/remaining", example("declaration", "/declarations/remaining", "get"))
        self.on("GET", "/api/declaration/v1/declared-fields", {"items": declared_fields.shown()})
        self.on("GET", one, lambda _: httpx.Response(200, json=self.declaration, headers={"ETag": '"7"'}))
        self.on("PUT", f"{one}/draft", self.declaration)
        self.on("GET", f"{one}/history", example("declaration", "/declarations/{declaration_id}/history", "get"))
        made = example("declaration", "/declarations/{declaration_id}/transmission", "post", "201")
        self.on("POST", f"{one}/transmission", made)
        self.on("POST", f"{one}/amendments", lambda _: httpx.Response(201, json=self.declaration))
        self.on("GET", "/api/documents/v1/documents", {"items": [], "delayed": False})
        self.on("GET", f"/api/documents/v1/documents/{DOCUMENT}/content", pdf())
        verified = {
            "reference": REFERENCE,
            "received_on": "2026-09-02",
            "declarations": 1,
            "sha256": "9f" * 32,
            "superseded": False,
        }
        self.on("GET", f"/api/documents/v1/verifications/{REFERENCE}", verified)
        self.on("GET", "/api/identity/v1/me", {"first_name": "Nolwenn", "last_name": "Le Goff"})
        for name in ("identity", "habilitation", "declaration", "documents", "notification"):
            self.on("GET", f"/api/{name}/v1/openapi.json", contract(name))
        self.add_habilitation_answers()

    def add_habilitation_answers(self) -> None:
        at = f"/api/habilitation/v1/organisations/{ORGANISATION}"
        scope = {"housing_type": "private", "zone": "35"}
        access = {
            "account_id": ACCOUNT,
            "organisation_id": ORGANISATION,
            "organisation_name": "Régie des Lices",
            "organisation_kind": "legal_person",
            "role": "administrator",
            "role_label": "Administrateur",
            "scopes": [scope],
            "version": 1,
        }
        user = {
            "account_id": ACCOUNT,
            "civility": "Mme",
            "last_name": "Le Goff",
            "first_name": "Nolwenn",
            "email": "n.legoff@lices.example",
            "function": "Gestionnaire",
            "role": "administrator",
            "role_label": "Administrateur",
            "active": True,
            "groups": [GROUP],
            "delegation": None,
            "manageable": False,
        }
        colleague = {
            **user,
            "manageable": True,
            "account_id": COLLEAGUE,
            "last_name": "Martin",
            "role": "user",
            "role_label": "Utilisateur",
        }
        delegate = {
            **colleague,
            "account_id": DELEGATE,
            "last_name": "Kerbrat",
            "role": "delegate",
            "role_label": "Responsable d’habilitation",
            "delegation": {"all_groups": False, "groups": [GROUP]},
        }
        line: dict[str, object] = {
            "at": "2026-07-05T12:00:00Z",
            "actor": ACCOUNT,
            "action": "user.created",
            "subject": ACCOUNT,
            "before": None,
            "after": {},
            "reason": None,
        }
        self.on("GET", "/api/habilitation/v1/me/access", access)
        group = {"id": GROUP, "label": "Logements privés, 35", "automatic": True, "assignable": True, "scopes": [scope]}
        self.on("GET", f"{at}/groups", {"items": [group]})
        self.on("GET", f"{at}/users", {"items": [user, colleague, delegate]})
        self.on("GET", f"{at}/journal", {"items": [line]})
        self.on("POST", f"{at}/users", user)
        for act in ("credentials", "withdrawal", "delegation"):
            self.on("POST", f"{at}/users/{COLLEAGUE}/{act}", {"account_id": COLLEAGUE})
        self.on("POST", f"{at}/users/{DELEGATE}/delegation-withdrawal", {"account_id": DELEGATE})
        self.on("POST", f"{at}/groups", group)
        zones = [{"zone": "35", "label": "Département 35"}, {"zone": "2A", "label": "Département 2A"}]
        self.on("GET", f"{at}/zones", {"items": zones})

    def add_agent_answers(self) -> None:
        at = "/api/declaration/v1"
        landlord = example("declaration", "/landlords/{landlord_id}", "get") | {"id": DOCUMENT}
        self.on("GET", f"{at}/landlords/{DOCUMENT}", landlord)
        for move in ("company", "natural-person", "caf"):
            self.on("POST", f"{at}/landlords/{DOCUMENT}/{move}", landlord)
        running = example("declaration", "/registry-imports/{import_id}", "get")
        self.on("GET", f"{at}/registry-imports", {"items": [running], "next_cursor": None})
        self.on("POST", f"{at}/registry-imports", running)
        self.on("GET", f"{at}/registry-imports/{running['id']}", running)
        errors = example("declaration", "/registry-imports/{import_id}/errors", "get")
        self.on("GET", f"{at}/registry-imports/{running['id']}/errors", errors)
        self.add_exchange_answers(at)
        progress = example("declaration", "/campaigns/{year}/progress", "get")
        self.on("GET", f"{at}/campaigns", {"items": [progress["campaign"], {**progress["campaign"], "phase": "draft"}]})
        self.on("POST", f"{at}/campaigns", progress["campaign"])
        self.on("GET", f"{at}/campaigns/2026/progress", progress)
        self.on("GET", f"{at}/campaigns/2026", progress["campaign"])
        self.on("PUT", f"{at}/campaigns/2026/dates", progress["campaign"])
        act = example("declaration", "/campaign-openings/{opening_id}", "get")
        self.on("GET", f"{at}/campaign-openings", example("declaration", "/campaign-openings", "get"))
        self.on("POST", f"{at}/campaign-openings", act)
        self.on("GET", f"{at}/campaign-openings/{act['id']}", act)
        self.on("GET", f"{at}/campaigns/2026/cafs", example("declaration", "/campaigns/{year}/cafs", "get"))
        self.on("POST", f"{at}/campaigns/2026/opening", example("declaration", "/campaigns/{year}/opening", "post"))
        self.on("POST", f"{at}/campaigns/2026/closing", progress["campaign"])
        report = example("declaration", "/tenant-reports/{report_id}", "get")
        self.on("GET", f"{at}/tenant-reports", {"items": [report], "total": 1, "next_cursor": None})
        self.on("GET", f"{at}/tenant-reports/{report['id']}", report)
        self.on("POST", f"{at}/tenant-reports", report)
        self.add_notification_answers()

    def add_exchange_answers(self, at: str) -> None:
        export = example("declaration", "/exports/{export_id}", "get")
        self.on("GET", f"{at}/exports", {"items": [export], "next_cursor": None})
        self.on("POST", f"{at}/exports", export)
        self.on("GET", f"{at}/exports/{export['id']}", export)
        self.on("GET", f"{at}/exports/{export['id']}/content", {"zip": "bytes"})
        self.on("POST", f"{at}/exports/{export['id']}/receipt", export)
        answers = example("declaration", "/answers/{import_id}", "get")
        self.on("GET", f"{at}/answers", {"items": [answers], "next_cursor": None})
        self.on("POST", f"{at}/answers", answers)
        self.on("GET", f"{at}/answers/{answers['id']}", answers)
        self.on(
            "GET", f"{at}/answers/{answers['id']}/errors", example("declaration", "/answers/{import_id}/errors", "get")
        )

    def add_paper_answers(self) -> None:
        """An attestation that is complete, beside a declaration that is not."""
        at = "/api/declaration/v1"
        self.paper = example("declaration", "/papers/{paper_id}", "get")
        one = f"{at}/papers/{self.paper['id']}"

        def shown(status: int) -> Answer:
            return lambda _: httpx.Response(status, json=self.paper, headers={"ETag": '"3"'})

        self.on("POST", f"{at}/paper-searches", example("declaration", "/paper-searches", "post"))
        self.on("GET", f"{at}/papers", example("declaration", "/papers", "get"))
        self.on("POST", f"{at}/papers", shown(201))
        self.on("GET", one, shown(200))
        self.on("PUT", f"{one}/draft", shown(200))
        self.on("POST", f"{one}/filing", shown(201))
        self.on("POST", f"{one}/discarding", shown(200))

    def add_notification_answers(self) -> None:
        message = {
            "id": ACCOUNT,
            "template": "july",
            "template_label": "Demande du loyer de juillet",
            "channel": "email",
            "channel_label": "Courriel",
            "state": "delivered",
            "state_label": "Envoyé",
            "reason": None,
            "reason_label": None,
            "landlord_id": DOCUMENT,
            "recipient_name": "RÉGIE DES LICES",
            "updated_at": "2026-07-01T06:00:00Z",
            "sent_at": "2026-07-01T06:00:00Z",
        }
        batch = {
            "id": DOCUMENT,
            "series": "ordinary",
            "series_label": "Courriers ordinaires",
            "destination_label": "France",
            "state": "ready",
            "state_label": "À imprimer",
            "made_at": "2026-07-01T06:00:00Z",
            "letters": 120,
            "pages": 480,
            "downloadable": True,
        }
        landlord = {
            "id": DOCUMENT,
            "caf_code": "359",
            "user_number": "35900007090001",
            "name": "RÉGIE DES LICES",
            "confirmed_email": "anne@lices.example",
            "registry_email": "gestion@lices.example",
            "bounced": ["gestion@lices.example"],
            "used": "confirmed_email",
            "used_label": "Courriel confirmé par le bailleur",
            "address": ["LE BOURG", "RENNES"],
            "envelope": [],
            "country": "FR",
            "address_problems": [{"code": "address-without-postcode-and-town", "detail": "La dernière ligne doit…"}],
            "waiting_letters": 2,
        }
        at = "/api/notification/v1"
        self.on("GET", f"{at}/landlords/address-problems", {"items": [landlord], "total": 1, "next_cursor": None})
        self.on("GET", f"{at}/landlords/{DOCUMENT}", landlord)
        page = {"items": [message], "total": 1, "counts": {"delivered": 1}, "next_cursor": None}
        self.on("GET", f"{at}/messages", page)
        self.on("GET", f"{at}/letter-batches", {"items": [batch], "total": 1, "next_cursor": None})
        self.on("POST", f"{at}/letter-batches/{DOCUMENT}/receipt", {**batch, "state": "acknowledged"})
        archive = httpx.Response(200, content=b"PK", headers={"Content-Type": "application/zip"})
        self.on("GET", f"{at}/letter-batches/{DOCUMENT}/content", archive)


def pdf() -> httpx.Response:
    return httpx.Response(200, content=b"%PDF-1.7", headers={"Content-Type": "application/pdf"})


class FakeIdentity(BaseAdapter):
    """Identity's discovery, keys and token endpoint, behind authlib's own HTTP session."""

    def __init__(self) -> None:
        super().__init__()
        self.key = ECKey.generate_key("P-256", {"kid": "test"})
        self.codes: dict[str, dict[str, Any]] = {}
        self.token_requests: list[dict[str, str]] = []
        self.refusing = False
        self.issuer = ISSUER
        self.seconds = 300

    def session_class(self) -> type[OAuth2Session]:
        adapter = self

        class Session(OAuth2Session):  # type: ignore[misc]  # authlib is untyped
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.mount("http://gateway.test", adapter)

        return Session

    def consent(self, authorization: str, **claims: object) -> str:
        """What identity does once the person has signed in: the address that the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(authorization).query).items()}
        code = f"code-{len(self.codes)}"
        kind = {"kind": "landlord", "org": ORGANISATION} if "kind" not in claims else {}
        self.codes[code] = {"nonce": asked["nonce"], "sub": ACCOUNT, **kind, **claims}
        self.asked = asked
        return f"/connexion/retour?{urlencode({'code': code, 'state': asked['state']})}"

    # *_: requests gives its options by name, its declaration has them by position too.
    def send(self, request: requests.PreparedRequest, *_: Any, **_options: Any) -> requests.Response:
        path = urlsplit(str(request.url)).path
        if path == "/.well-known/openid-configuration":
            return self.answer(request, 200, self.metadata())
        if path == "/oidc/jwks":
            return self.answer(request, 200, KeySet([self.key]).as_dict(private=False))
        sent = {name: values[0] for name, values in parse_qs(str(request.body)).items()}
        self.token_requests.append(sent)
        if self.refusing:
            return self.answer(request, 400, {"error": "invalid_grant"})
        return self.answer(request, 200, self.tokens(sent))

    def metadata(self) -> dict[str, Any]:
        at = f"{ISSUER}/oidc"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
            "end_session_endpoint": f"{at}/logout",
            "id_token_signing_alg_values_supported": ["ES256"],
        }

    def tokens(self, sent: dict[str, str]) -> dict[str, Any]:
        number = len(self.token_requests)
        answer = {
            "token_type": "Bearer",
            "access_token": f"access-{number}",
            "refresh_token": f"refresh-{number}",
            "expires_in": self.seconds,
        }
        if sent["grant_type"] == "authorization_code":
            now = int(time.time())
            claims = {"iss": ISSUER, "aud": "portal", "iat": now, "exp": now + 300, **self.codes[sent["code"]]}
            answer["id_token"] = jwt.encode({"alg": "ES256", "kid": "test"}, claims, self.key)
        return answer

    def answer(self, request: requests.PreparedRequest, status: int, body: Any) -> requests.Response:
        made = requests.Response()
        made.status_code, made.request, made.url = status, request, str(request.url)
        made._content = json.dumps(body).encode()
        made.headers["Content-Type"] = "application/json"
        return made

    def close(self) -> None:
        return
