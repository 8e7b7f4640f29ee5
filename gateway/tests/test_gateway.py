"""What the front door lets in, what it stops, and what it says."""

import http.client
import re

import pytest

from stand_ins import Gateway

PROBLEM = "application/problem+json"
PUBLIC = [
    ("POST", "/api/identity/v1/recoveries/identifier", "identity"),
    ("GET", "/api/documents/v1/verifications/R26-0000-0000-0000-0000", "documents"),
    ("GET", "/api/declaration/v1/openapi.json", "declaration"),
]
ROUTES = [
    ("/", "portal"),
    ("/declarer/1/loyer", "portal"),
    ("/v/R26-0000-0000-0000-0000", "portal"),
    ("/healthz", "portal"),
    ("/compte/connexion", "identity"),
    ("/oidc/authorize", "identity"),
    ("/.well-known/openid-configuration", "identity"),
    ("/api/identity/v1/me", "identity"),
    ("/api/habilitation/v1/me/access", "habilitation"),
    ("/api/declaration/v1/declarations", "declaration"),
    ("/api/notification/v1/messages", "notification"),
    ("/api/documents/v1/documents", "documents"),
]


@pytest.mark.parametrize(("path", "cluster"), ROUTES)
def test_each_path_reaches_its_service(gateway: Gateway, path: str, cluster: str) -> None:
    answer = gateway.client.get(path, headers=gateway.authorization())
    assert (answer.status_code, answer.json()["cluster"]) == (200, cluster)


@pytest.mark.parametrize("path", ["/comptes", "/oidcs", "/agent"])
def test_a_path_that_only_begins_like_a_service_is_the_portals(gateway: Gateway, path: str) -> None:
    assert gateway.client.get(path).json()["cluster"] == "portal"


def test_a_call_without_a_token_is_a_problem_with_a_challenge(gateway: Gateway) -> None:
    answer = gateway.client.get("/api/declaration/v1/declarations")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "urn:bailleurs:problem:unauthorized"


@pytest.mark.parametrize("claims", [{"exp": 1_700_000_000}, {"aud": "somebody-else"}])
def test_a_token_that_is_not_for_us_now_is_refused(gateway: Gateway, claims: dict[str, object]) -> None:
    answer = gateway.client.get("/api/declaration/v1/declarations", headers=gateway.authorization(**claims))
    assert (answer.status_code, answer.json()["status"]) == (401, 401)


def test_a_token_in_the_query_string_is_not_taken(gateway: Gateway) -> None:
    token = gateway.behind.token()
    assert gateway.client.get("/api/declaration/v1/declarations", params={"access_token": token}).status_code == 401


@pytest.mark.parametrize(("method", "path", "cluster"), PUBLIC)
def test_public_operations_need_no_token(gateway: Gateway, method: str, path: str, cluster: str) -> None:
    answer = gateway.client.request(method, path)
    assert (answer.status_code, answer.json()["cluster"]) == (200, cluster)


def test_the_token_goes_on_to_the_service_which_checks_it_again(gateway: Gateway) -> None:
    sent = gateway.authorization()
    seen = gateway.client.get("/api/declaration/v1/declarations", headers=sent).json()["headers"]
    assert seen["authorization"] == sent["authorization"]


FORGED = {
    "x-jwt-payload": "admin",
    "x-jwt-sub": "admin",
    "x-forwarded-host": "evil.example",
    "x-forwarded-user": "admin",
    "x-forwarded-for": "10.0.0.1",
    "x-real-ip": "10.0.0.1",
    "forwarded": "for=10.0.0.1",
    "x-envoy-original-path": "/admin",
}


def test_headers_that_would_make_a_caller_someone_else_do_not_pass(gateway: Gateway) -> None:
    seen = gateway.client.get("/", headers=FORGED).json()["headers"]
    assert not {name for name, value in FORGED.items() if seen.get(name) == value}
    assert "," not in seen["x-forwarded-for"]


def test_the_trace_is_kept_and_the_request_id_is_ours(gateway: Gateway) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = gateway.client.get("/", headers={"traceparent": trace, "x-request-id": "chosen-by-the-caller"})
    seen = answer.json()["headers"]
    assert seen["traceparent"] == trace
    assert re.fullmatch(r"[0-9a-f-]{36}", seen["x-request-id"])
    assert answer.headers["x-request-id"] == seen["x-request-id"]


METRICS = ["/metrics", "/api/declaration/v1/metrics", "/compte/../metrics", "//metrics", "/metrics/", "/metrics?x=1"]


@pytest.mark.parametrize("path", METRICS)
def test_metrics_never_pass(gateway: Gateway, path: str) -> None:
    before = len(gateway.behind.seen)
    # The whole address: a path that begins with two slashes would else be read as a host.
    answer = gateway.client.get(str(gateway.client.base_url).rstrip("/") + path, headers=gateway.authorization())
    assert (answer.status_code, len(gateway.behind.seen)) == (404, before)


@pytest.mark.parametrize("path", ["/api/identity%2f..%2fmetrics", "/%2fmetrics"])
def test_escaped_slashes_are_refused(gateway: Gateway, path: str) -> None:
    assert gateway.client.get(path, headers=gateway.authorization()).status_code == 400


def test_an_unknown_api_is_not_found_for_one_who_has_a_token(gateway: Gateway) -> None:
    answer = gateway.client.get("/api/billing/v1/x", headers=gateway.authorization())
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:bailleurs:problem:not-found")


def test_a_body_over_64_kb_is_refused_before_the_service(gateway: Gateway) -> None:
    before = len(gateway.behind.seen)
    answer = gateway.client.post(
        "/api/declaration/v1/campaigns", content=b"x" * 70_000, headers=gateway.authorization()
    )
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert len(gateway.behind.seen) == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/declaration/v1/registry-imports",
        "/api/declaration/v1/answers",
        "/api/declaration/v1/declaration-imports",
        "/agent/registre",
        "/agent/reponses",
        "/declarer/fichier",
    ],
)
def test_a_file_of_some_megabytes_passes(gateway: Gateway, path: str) -> None:
    answer = gateway.client.post(path, content=b"x" * 3_000_000, headers=gateway.authorization())
    assert (answer.status_code, answer.json()["length"]) == (200, 3_000_000)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/declaration/v1/drafts"), ("POST", "/declarer/tableau")])
def test_many_rows_pass_and_far_too_many_do_not(gateway: Gateway, method: str, path: str) -> None:
    sizes = {200_000: 200, 600_000: 413}
    for size, status in sizes.items():
        answer = gateway.client.request(method, path, content=b"x" * size, headers=gateway.authorization())
        assert answer.status_code == status


def _announced(gateway: Gateway, length: str | None) -> http.client.HTTPResponse:
    url = gateway.client.base_url
    connection = http.client.HTTPConnection(url.host, url.port, timeout=10)
    connection.putrequest("POST", "/api/declaration/v1/registry-imports")
    for name, value in gateway.authorization().items():
        connection.putheader(name, value)
    connection.putheader(*(("content-length", length) if length else ("transfer-encoding", "chunked")))
    connection.endheaders()
    return connection.getresponse()


def test_a_registry_over_64_mb_is_refused_by_its_announced_length(gateway: Gateway) -> None:
    assert _announced(gateway, str(64 * 1024 * 1024 + 1)).status == 413


def test_a_registry_of_unknown_length_is_refused(gateway: Gateway) -> None:
    assert _announced(gateway, None).status == 411


def test_a_request_that_was_sent_is_not_sent_again(gateway: Gateway) -> None:
    path = "/api/declaration/v1/declarations/1/transmission"
    answer = gateway.client.post(path, headers={**gateway.authorization(), "x-test": "hang up"})
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert [seen for seen in gateway.behind.seen if seen[2] == path] == [("declaration", "POST", path)]


def test_a_page_that_fails_is_a_page_in_french(gateway: Gateway) -> None:
    answer = gateway.client.get("/declarer", headers={"accept": "text/html,*/*", "x-test": "hang up"})
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "Cette page n’est pas disponible" in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_the_policy_of_the_application_wins_and_the_rest_is_completed(gateway: Gateway) -> None:
    headers = gateway.client.get("/").headers
    assert headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_no_other_site_may_call_from_a_browser_except_for_what_is_public(gateway: Gateway) -> None:
    origin = {"origin": "https://evil.example"}
    private = gateway.client.get("/api/declaration/v1/declarations", headers=origin | gateway.authorization())
    assert "access-control-allow-origin" not in private.headers
    assert gateway.client.get("/oidc/jwks", headers=origin).headers["access-control-allow-origin"]


def test_the_access_log_names_the_route_and_neither_path_nor_query_nor_address(gateway: Gateway) -> None:
    answer = gateway.client.get("/v/R26-AAAA-BBBB-CCCC-DDDD?email=jean@example.org")
    line = gateway.log(answer.headers["x-request-id"])
    assert (line["route"], line["status"], line["method"]) == ("portal", 200, "GET")
    text = str(line)
    assert "R26-" not in text
    assert "example.org" not in text
    assert "127.0.0.1" not in text


def test_signing_in_again_and_again_is_slowed_and_reading_is_not(gateway: Gateway) -> None:
    passed = 0
    while passed < 600 and (answer := gateway.client.post("/compte/connexion")).status_code == 200:
        passed += 1
    # 120 a minute: two come back each second while the test runs.
    assert 120 <= passed < 600
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["type"] == "urn:bailleurs:problem:too-many-requests"
    assert gateway.client.get("/compte/connexion").status_code == 200
