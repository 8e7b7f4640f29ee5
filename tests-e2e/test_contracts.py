"""No operation answers without a token, neither at the front door nor behind its back; refusals are all of one form."""

from collections.abc import Iterator

import httpx
import pytest
from support.contracts import Operation, operations
from support.product import Product
from support.stack import SERVICES, Stack

OPERATIONS = list(operations())
CLOSED = [operation for operation in OPERATIONS if not operation.public]
TOKENS = {
    "none": {},
    "not a token": {"Authorization": "Bearer something"},
    # {"alg":"none"} and {"sub":"somebody","aud":"bailleurs"}: signed by nobody.
    "unsigned": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSIsImF1ZCI6ImJhaWxsZXVycyJ9."},
    "another scheme": {"Authorization": "Basic YWRtaW46YWRtaW4="},
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """One for all: opening it costs more than most answers."""
    with httpx.Client(timeout=20) as made:
        yield made


@pytest.fixture(scope="module")
def addresses(stack: Stack) -> dict[str, str]:
    """Of the services themselves, behind the gateway."""
    return {service: stack.address(service) for service in SERVICES}


def refused_as(answer: httpx.Response, status: int) -> None:
    """Asserts an RFC 9457 problem of that status."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"]
    assert problem["title"]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("operation", CLOSED, ids=str)
def test_an_operation_refuses_who_does_not_say_who_they_are(
    client: httpx.Client, product: Product, operation: Operation, token: str
) -> None:
    refused_as(client.request(operation.method, product.url + operation.path, headers=TOKENS[token]), 401)


@pytest.mark.compose
@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("operation", CLOSED, ids=str)
def test_a_service_refuses_by_itself_without_its_gateway(
    client: httpx.Client, addresses: dict[str, str], operation: Operation, token: str
) -> None:
    address = addresses[operation.service] + operation.path
    refused_as(client.request(operation.method, address, headers=TOKENS[token]), 401)


@pytest.mark.compose
@pytest.mark.parametrize("path", ["/metrics", "/metrics/", *(f"/api/{name}/v1/metrics" for name in SERVICES)])
def test_metrics_do_not_go_through_the_gateway(client: httpx.Client, product: Product, path: str) -> None:
    assert client.get(product.url + path).status_code in (401, 404)


@pytest.mark.compose
@pytest.mark.parametrize("service", SERVICES)
def test_metrics_are_there_for_who_stands_inside(client: httpx.Client, addresses: dict[str, str], service: str) -> None:
    answer = client.get(f"{addresses[service]}/metrics")
    assert answer.status_code == 200
    assert "# HELP" in answer.text


def test_a_public_check_of_an_unknown_reference_is_a_problem_and_says_no_more(
    client: httpx.Client, product: Product
) -> None:
    refused_as(client.get(f"{product.url}/api/documents/v1/verifications/R26-0000-0000-0000-0000"), 404)


def test_a_reference_of_another_form_is_refused_with_the_rule(client: httpx.Client, product: Product) -> None:
    refused_as(client.get(f"{product.url}/api/documents/v1/verifications/R26"), 400)


@pytest.mark.parametrize("path", ["/api/", "/api/nowhere/v1/things", "/api/declaration/v2/declarations"])
def test_an_address_that_does_not_exist_opens_nothing(client: httpx.Client, product: Product, path: str) -> None:
    assert client.get(product.url + path).status_code in (401, 404)


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_publishes_its_own_contract(client: httpx.Client, product: Product, service: str) -> None:
    answer = client.get(f"{product.url}/api/{service}/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1.")


def test_recovery_answers_the_same_whether_the_account_exists_or_not(client: httpx.Client, product: Product) -> None:
    asked = [
        client.post(f"{product.url}/api/identity/v1/recoveries/identifier", json={"user_number": number})
        for number in ("35900000000001", "35999999999999")
    ]
    assert [answer.status_code for answer in asked] == [202, 202]
    assert asked[0].json() == asked[1].json()
