"""Any sequence of requests, with or without keys, does what a list of what was asked would do."""

from typing import Any
from uuid import UUID, uuid4

from chassis.testing.harness import Harness
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

THINGS = "/api/toybox/v1/things"
PEOPLE = [uuid4(), uuid4()]
REQUESTS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from([None, "k1", "k2"]), st.sampled_from(["a", "b", "c"])),
    max_size=12,
)


class Model:
    """What should be answered: names are unique, a key belongs to one person and one body."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.answered: dict[tuple[UUID, str], str] = {}

    def expect(self, person: UUID, key: str | None, name: str) -> tuple[int, bool]:
        """Status, and whether it is an answer given before."""
        before = self.answered.get((person, key)) if key else None
        if before is not None:
            return (201, True) if before == name else (422, False)
        if name in self.names:
            return 409, False
        self.names.add(name)
        if key:
            self.answered[person, key] = name
        return 201, False


def ask(toy: Harness, person: UUID, key: str | None, name: str) -> Any:
    headers = toy.headers(sub=person) | ({"Idempotency-Key": key} if key else {})
    return toy.client.post(THINGS, json={"name": name}, headers=headers)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=REQUESTS)
def test_any_sequence_of_requests_does_what_it_should(toy_on_sqlite: Harness, requests: list[Any]) -> None:
    with toy_on_sqlite.transaction() as session:
        for table in toy_on_sqlite.runtime.service.metadata.tables.values():
            session.execute(table.delete())
    model = Model()
    ids: dict[str, str] = {}
    for person, key, name in requests:
        status, repeated = model.expect(person, key, name)
        answer = ask(toy_on_sqlite, person, key, name)
        assert answer.status_code == status
        assert (answer.headers.get("idempotent-replayed") == "true") is repeated
        if status == 201:
            assert ids.setdefault(name, answer.json()["id"]) == answer.json()["id"]
    assert {row["name"] for row in toy_on_sqlite.rows("thing")} == model.names
    assert len(toy_on_sqlite.published("toybox.made.v1")) == len(model.names)
    assert len(toy_on_sqlite.rows("idempotency_key")) == len(model.answered)
