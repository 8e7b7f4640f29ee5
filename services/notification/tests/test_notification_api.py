"""Who may not comes first, for each operation."""

from typing import Any

import pytest
from chassis import ids
from notification_world import BASE, LOGIN, PASSWORD, Data, World

UNKNOWN = "01a1ffce-2e65-71e1-94d6-21f775d8ffc1"
READS = [
    "/messages",
    "/letter-batches",
    f"/letter-batches/{UNKNOWN}/content",
    "/landlords/address-problems",
    f"/landlords/{UNKNOWN}",
]
RECEIPT = {"letters": 1, "pages": 1}


def get(world: World, path: str, headers: dict[str, str] | None = None) -> Any:
    return world.harness.client.get(BASE + path, headers=headers or {})


def post(world: World, path: str, headers: dict[str, str] | None = None, body: Any = RECEIPT) -> Any:
    return world.harness.client.post(BASE + path, headers=headers or {}, json=body)


@pytest.fixture
def batch(world: World) -> Data:
    world.july(email=None)
    world.render_letters()
    (made,) = world.make_batches()
    return made


@pytest.mark.parametrize("path", READS)
def test_nobody_reads_without_a_token(world: World, path: str) -> None:
    assert get(world, path).status_code == 401


@pytest.mark.parametrize("path", READS)
def test_a_landlord_reads_nothing_here(world: World, path: str) -> None:
    headers = world.harness.headers(kind="landlord", org=ids.new_id())
    assert get(world, path, headers).status_code == 403


@pytest.mark.parametrize("claims", [{"caf": "220"}, {"caf": None}])
def test_an_agent_of_another_caf_or_of_none_sees_nothing(world: World, batch: Data, claims: Any) -> None:
    world.credentials(caf_code=None, user_number=None)
    headers = world.agent(**claims)
    for path in ("/messages", "/letter-batches"):
        answer = get(world, path, headers).json()
        assert (answer["items"], answer["total"]) == ([], 0)


def test_the_filter_by_caf_does_not_widen_the_perimeter(world: World) -> None:
    world.july()
    assert get(world, "/messages?caf_code=359", world.agent(caf="220")).json()["total"] == 0


def test_a_foreign_batch_answers_as_an_unknown_one(world: World, batch: Data) -> None:
    stranger = world.agent(caf="220")
    for call, end in ((get, "content"), (post, "receipt")):
        foreign = call(world, f"/letter-batches/{batch['id']}/{end}", stranger)
        unknown = call(world, f"/letter-batches/{UNKNOWN}/{end}", stranger)
        assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    assert world.states() == {"july/letter": "batched"}


def test_nobody_acknowledges_a_batch_without_being_an_agent(world: World, batch: Data) -> None:
    path = f"/letter-batches/{batch['id']}/receipt"
    assert post(world, path).status_code == 401
    assert post(world, path, world.harness.headers(kind="landlord", org=ids.new_id())).status_code == 403
    assert world.states() == {"july/letter": "batched"}


def test_a_batch_of_passwords_is_served_to_nobody_not_even_a_supervisor(world: World) -> None:
    world.credentials(email=None)
    world.render_letters()
    (confidential,) = [row for row in world.make_batches() if row["series"] == "confidential"]
    for headers in (world.agent(), world.agent(supervisor=True)):
        answer = get(world, f"/letter-batches/{confidential['id']}/content", headers)
        assert answer.status_code == 403
        assert PASSWORD not in answer.text


def test_the_list_never_shows_content_address_or_secret(world: World) -> None:
    world.credentials()
    world.july(email=None)
    shown = get(world, "/messages", world.agent()).text
    for hidden in (LOGIN, PASSWORD, "ada@example.org", "LICES", "DEUJOURS", "secret", "variables"):
        assert hidden not in shown


def test_an_agent_sees_what_was_sent_when_and_its_state(world: World) -> None:
    world.july()
    world.send()
    answer = get(world, "/messages", world.agent())
    assert answer.status_code == 200
    (message,) = answer.json()["items"]
    assert (message["template_label"], message["state_label"], message["recipient_name"]) == (
        "Demande de loyer de juillet",
        "Envoyé",
        "SCI des Lilas",
    )
    assert message["sent_at"].endswith("Z")
    assert answer.json()["counts"] == {"delivered": 1}


def test_the_caf_that_registered_the_landlord_sees_the_messages_whatever_the_digits_of_the_number(world: World) -> None:
    world.credentials(caf_code="220", user_number="35900007090001")
    world.credentials(caf_code=None, user_number="35900007090001", issue_id=str(ids.new_id()), purpose="reissue")
    assert get(world, "/messages", world.agent(caf="220")).json()["total"] == 2
    assert get(world, "/messages", world.agent(caf="359")).json()["total"] == 0


def test_a_supervisor_sees_every_caf(world: World) -> None:
    world.july()
    world.credentials(caf_code=None, user_number=None)
    headers = world.agent(caf=None, supervisor=True)
    assert get(world, "/messages", headers).json()["total"] == 3
    assert get(world, "/messages?caf_code=359", headers).json()["total"] == 1


def test_filters_and_pages_agree_with_the_total(world: World) -> None:
    for _ in range(3):
        world.july(landlord_id=str(ids.new_id()))
    world.recap(email=None)
    seen: list[str] = []
    cursor = ""
    while True:
        page = get(world, f"/messages?limit=2&state=waiting{cursor}", world.agent()).json()
        assert page["total"] == 3
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 3
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("query", ["state=nope", "limit=0", "caf_code=FR", "landlord_id=1", "cursor=%00", "colour=red"])
def test_a_query_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert get(world, f"/messages?{query}", world.agent()).status_code == 400


def test_an_ordinary_batch_is_downloaded_and_never_cached(world: World, batch: Data) -> None:
    answer = get(world, f"/letter-batches/{batch['id']}/content", world.agent())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == world.tray.get(batch["storage_key"])


def test_an_acknowledged_batch_is_gone(world: World, batch: Data) -> None:
    assert post(world, f"/letter-batches/{batch['id']}/receipt", world.agent()).status_code == 200
    assert get(world, f"/letter-batches/{batch['id']}/content", world.agent()).status_code == 410
    (shown,) = get(world, "/letter-batches", world.agent()).json()["items"]
    assert (shown["state_label"], shown["downloadable"]) == ("Pris en charge par l’imprimeur", False)


@pytest.mark.parametrize(
    "body", [{}, {"letters": -1, "pages": 1}, {**RECEIPT, "rejected": [{}]}, {**RECEIPT, "x": 1}, []]
)
def test_a_receipt_that_makes_no_sense_is_refused(world: World, batch: Data, body: Any) -> None:
    assert post(world, f"/letter-batches/{batch['id']}/receipt", world.agent(), body).status_code == 400


def test_the_same_key_gives_the_same_answer(world: World, batch: Data) -> None:
    headers = {**world.agent(sub=ids.new_id()), "Idempotency-Key": "k1"}
    path = f"/letter-batches/{batch['id']}/receipt"
    first, second = post(world, path, headers), post(world, path, headers)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
