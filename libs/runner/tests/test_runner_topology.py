"""RabbitMQ's exchanges, queues, bindings and rights follow from the subscriptions, and from nothing else."""

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from kitchen.app import service as kitchen
from runner.topology import DEAD_LETTERS, DELIVERY_LIMIT, definitions, queue_arguments, queue_name
from shop.app import service as shop


@pytest.fixture
def document() -> dict[str, Any]:
    return definitions([shop, kitchen])


def test_every_subscription_has_its_binding(document: dict[str, Any]) -> None:
    bound = {(one["destination"], one["routing_key"]) for one in document["bindings"] if one["source"] != DEAD_LETTERS}
    assert bound == {(queue_name("kitchen"), one.type) for one in kitchen.subscriptions}


def test_every_service_has_one_quorum_queue_that_keeps_what_it_cannot_handle(document: dict[str, Any]) -> None:
    queues = {queue["name"]: queue for queue in document["queues"]}
    assert set(queues) == {"kitchen.events", "shop.events", DEAD_LETTERS}
    assert all(queue["durable"] and not queue["auto_delete"] for queue in queues.values())
    assert queues["kitchen.events"]["arguments"] == queue_arguments()
    assert queues[DEAD_LETTERS]["arguments"] == {"x-queue-type": "quorum"}


def test_dead_letters_are_not_lost_on_their_way() -> None:
    arguments = queue_arguments()
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert arguments["x-overflow"] == "reject-publish"
    assert arguments["x-delivery-limit"] == DELIVERY_LIMIT


def test_dead_letters_have_a_queue_bound_to_their_exchange(document: dict[str, Any]) -> None:
    assert {"source": DEAD_LETTERS, "destination": DEAD_LETTERS}.items() <= document["bindings"][-1].items()
    assert {one["name"]: one["type"] for one in document["exchanges"]} == {
        "bailleurs.events": "topic",
        DEAD_LETTERS: "fanout",
    }


def test_the_document_does_not_depend_on_the_order_of_the_services(document: dict[str, Any]) -> None:
    assert definitions([kitchen, shop]) == document


def test_without_passwords_there_are_no_users_and_nothing_secret(document: dict[str, Any]) -> None:
    assert "users" not in document
    assert "permissions" not in document
    json.dumps(document)


def test_a_password_is_only_kept_as_a_salted_hash() -> None:
    made = definitions([shop], {"shop": "s3cret"})
    (user,) = made["users"]
    stored = base64.b64decode(str(user["password_hash"]))
    assert hashlib.sha256(stored[:4] + b"s3cret").digest() == stored[4:]
    assert "s3cret" not in json.dumps(made)
    assert user["tags"] == []
    assert definitions([shop], {"shop": "s3cret"})["users"] != made["users"]


@pytest.mark.parametrize(
    ("right", "resource", "allowed"),
    [
        ("read", "kitchen.events", True),
        ("read", "shop.events", False),
        ("read", "kitchenxevents", False),
        ("read", "bailleurs.dead", False),
        ("write", "bailleurs.events", True),
        ("write", "bailleursxevents", False),
        ("write", "shop.events", False),
        ("write", "amq.default", False),
        ("configure", "kitchen.events", False),
        ("configure", "", True),
    ],
)
def test_a_service_publishes_reads_its_own_queue_and_declares_nothing(right: str, resource: str, allowed: bool) -> None:
    (permission,) = definitions([kitchen], {"kitchen": "x"})["permissions"]
    assert bool(re.search(str(permission[right]), resource)) is allowed
