"""RabbitMQ's exchanges, queues and bindings, derived from the subscriptions and loaded by the broker at start.

So a mandatory message always finds its queue, even if the consumer has not started yet.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping

from chassis.events import EXCHANGE
from chassis.runtime import Service

DEAD_LETTERS = "bailleurs.dead"
VHOST = "bailleurs"
# After this many unacknowledged deliveries the broker dead-letters the message (RabbitMQ's default is 20).
DELIVERY_LIMIT = 50
# https://www.rabbitmq.com/docs/definitions: the objects of each kind.
Definitions = dict[str, list[dict[str, object]]]


def queue_name(service: str) -> str:
    return f"{service}.events"


def queue_arguments() -> dict[str, object]:
    """https://www.rabbitmq.com/docs/quorum-queues#dead-lettering: at-least-once needs reject-publish."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTERS,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def definitions(services: Iterable[Service], passwords: Mapping[str, str] | None = None) -> Definitions:
    """A RabbitMQ definitions document; ``passwords`` (by user) adds users who may not declare."""
    services = sorted(services, key=lambda service: service.name)
    document: Definitions = {
        "vhosts": [{"name": VHOST}],
        "exchanges": [_exchange(EXCHANGE, "topic"), _exchange(DEAD_LETTERS, "fanout")],
        "queues": [
            *(_queue(queue_name(service.name), queue_arguments()) for service in services),
            _queue(DEAD_LETTERS, {"x-queue-type": "quorum"}),
        ],
        "bindings": [
            *(
                _binding(EXCHANGE, queue_name(service.name), subscription.type)
                for service in services
                for subscription in service.subscriptions
            ),
            _binding(DEAD_LETTERS, DEAD_LETTERS, ""),
        ],
    }
    if passwords:
        document["users"] = [_user(name, password) for name, password in passwords.items()]
        document["permissions"] = [_permission(name) for name in passwords]
    return document


def _exchange(name: str, kind: str) -> dict[str, object]:
    return {
        "name": name,
        "vhost": VHOST,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, arguments: dict[str, object]) -> dict[str, object]:
    return {"name": name, "vhost": VHOST, "durable": True, "auto_delete": False, "arguments": arguments}


def _binding(source: str, queue: str, routing_key: str) -> dict[str, object]:
    return {
        "source": source,
        "vhost": VHOST,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }


def _user(name: str, password: str) -> dict[str, object]:
    # https://www.rabbitmq.com/docs/passwords#computing-password-hash
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    hashed = base64.b64encode(salt + digest).decode()
    return {"name": name, "password_hash": hashed, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": []}


def _permission(name: str) -> dict[str, object]:
    own = f"^{name}\\.events$"
    return {"user": name, "vhost": VHOST, "configure": "^$", "write": f"^{EXCHANGE}$".replace(".", "\\."), "read": own}
