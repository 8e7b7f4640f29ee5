"""What the migrations do to rows that are there already."""

from alembic import command
from chassis import ids, migrations
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from habilitation.app import service
from sqlalchemy import text

ADD_GROUP = """
INSERT INTO "group" (id, organisation_id, label, automatic) VALUES (:id, :of, :label, :automatic)
"""


def to(here: Harness, revision: str) -> None:
    with here.runtime.engine.begin() as connection:
        config = migrations.config(service, connection)
        move = command.upgrade if revision == "head" else command.downgrade
        move(config, revision)


def test_two_groups_of_one_name_become_two_names(harness: HarnessFactory, database_url: str) -> None:
    here, organisations = harness(service, database_url), [ids.new_id(), ids.new_id()]
    to(here, "0005")
    with here.runtime.engine.begin() as connection:
        for one in organisations:
            connection.execute(
                text(
                    "INSERT INTO organisation (id, name, kind, portfolio_version) VALUES (:id, '', 'legal_person', 1)"
                ),
                {"id": one.hex},
            )
            for label, automatic in (("Agence", False), (" agence", False), ("AGENCE", True)):
                row = {"id": ids.new_id().hex, "of": one.hex, "label": label, "automatic": automatic}
                connection.execute(text(ADD_GROUP), row)
    to(here, "head")
    rows = here.rows("group")
    for one in organisations:
        labels = sorted(row["label"] for row in rows if row["organisation_id"] == one)
        assert labels == [" agence (3)", "AGENCE", "Agence (2)"]
