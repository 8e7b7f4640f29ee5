"""The registry file end to end: what goes in, what is told, what an identical file does."""

from pathlib import Path
from typing import Any

import pytest
from chassis import clock, ids
from declaration.domain.registry.columns import COLUMNS
from declaration.job_lock import JobLockLost
from declaration.models import RegistryImport
from declaration.registry import commands, import_path, jobs, read_waiting, staging
from declaration_cases import PERSON, SIRET

REGISTERED = "registry.landlord_registered.v1"
PORTFOLIO = "registry.portfolio_changed.v1"


def lot(number: int, **changes: str) -> dict[str, str]:
    """Another dwelling and tenant of the same landlord."""
    return {"dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


def test_nobody_but_an_agent_hands_a_file_over_or_sees_one(world: Any) -> None:
    world.register({})
    found = world.harness.rows("registry_import")[0]["id"]
    client, url = world.harness.client, "/api/declaration/v1/registry-imports"
    file = {"file": ("registre.csv", world.file({}).read_bytes())}
    assert client.post(url, files=file).status_code == 401
    assert client.post(url, files=file, headers=world.landlord()).status_code == 403
    for path in ("/registry-imports", f"/registry-imports/{found}", f"/registry-imports/{found}/errors"):
        assert world.get(path, world.landlord()).status_code == 403
    assert len(world.harness.rows("registry_import")) == 1


def test_an_agent_sees_the_files_of_their_caf_only(world: Any) -> None:
    mine = import_path(world.harness.runtime, world.file({}), "agent", caf_code="359")
    for path in (f"/registry-imports/{mine['id']}", f"/registry-imports/{mine['id']}/errors"):
        assert world.get(path, world.agent("220")).status_code == 404
        assert world.get(path, world.agent("359")).status_code == 200
        assert world.get(path, world.agent("220", supervisor=True)).status_code == 200
    assert world.get("/registry-imports", world.agent("220")).json()["items"] == []


def test_a_line_of_another_caf_is_left_out(world: Any) -> None:
    rows: tuple[dict[str, str], ...] = ({}, {"caf_code": "220", "user_number": "22000000000001"})
    done = import_path(world.harness.runtime, world.file(*rows), "agent", caf_code="359")
    assert (done["lines_good"], done["lines_bad"]) == (1, 1)
    [error] = world.get(f"/registry-imports/{done['id']}/errors", world.agent()).json()["items"]
    assert error["column"] == "caf_code"
    assert "220" not in error["message"]
    assert [landlord["caf_code"] for landlord in world.harness.rows("landlord")] == ["359"]


def test_a_file_makes_landlords_dwellings_and_tenancies_and_tells_of_the_landlords(world: Any) -> None:
    done = world.register({}, lot(2, commune_insee="22278"), {**PERSON, **lot(3)})
    assert done["status"] == "done"
    assert done["created"] == {"landlords": 2, "dwellings": 3, "tenancies": 3}
    assert done["updated"] == {"landlords": 0, "dwellings": 0, "tenancies": 0}
    company, person = sorted(world.harness.published(REGISTERED), key=lambda event: event.data["user_number"])
    assert company.data["organisation_id"] == str(ids.organisation_id(siret=SIRET))
    assert (company.data["version"], company.personal["name"]) == (1, "REGIE DES LICES")
    assert person.data["organisation_id"] == str(ids.organisation_id(user_number="35900007090002"))
    assert (person.data["siret"], person.personal["name"]) == (None, "Mme Zoé MARTIN")


def test_the_portfolio_is_told_whole_when_it_changes(world: Any) -> None:
    world.register({}, lot(2, commune_insee="22278", housing_type="conventioned"))
    world.register(lot(3, commune_insee="97105"))
    first, second = world.harness.published(PORTFOLIO)
    assert [(scope["housing_type"], scope["departement"]) for scope in first.data["scopes"]] == [
        ("conventioned", "22"),
        ("private", "35"),
    ]
    assert len(second.data["scopes"]) == 3
    assert (first.data["version"], second.data["version"]) == (1, 2)


def test_a_siret_seen_at_another_caf_is_the_same_organisation(world: Any) -> None:
    world.register({}, {"caf_code": "220", "user_number": "22000000000001", "commune_insee": "22278"})
    assert {landlord["organisation_id"] for landlord in world.harness.rows("landlord")} == {world.organisation_id}
    last = world.harness.published(PORTFOLIO)[-1]
    assert {scope["departement"] for scope in last.data["scopes"]} == {"22", "35"}


def test_an_identical_file_changes_nothing_and_tells_nothing(world: Any) -> None:
    rows: tuple[dict[str, str], ...] = ({}, lot(2), {**PERSON, **lot(3)}, lot(2, tenant_last_name="CORRIGE"))
    world.register(*rows)
    before = {name: world.harness.rows(name) for name in ("landlord", "dwelling", "tenancy", "portfolio")}
    told = len(world.harness.published())
    again = world.register(*rows)
    assert again["created"] == again["updated"] == {"landlords": 0, "dwellings": 0, "tenancies": 0}
    assert {name: world.harness.rows(name) for name in before} == before
    assert len(world.harness.published()) == told


def test_a_changed_line_updates_what_it_names_and_an_absent_tenancy_is_left_alone(world: Any) -> None:
    world.register({}, lot(2))
    done = world.register({"email": "nouveau@lices.example", "lease_end": "2026-06-30", "previous_rent": ""})
    assert done["updated"] == {"landlords": 1, "dwellings": 0, "tenancies": 1}
    told = world.harness.published(REGISTERED)[-1]
    assert (told.data["version"], told.personal["email"]) == (2, "nouveau@lices.example")
    tenancy = next(row for row in world.harness.rows("tenancy") if row["tenant_number"] == "1234567A")
    assert (str(tenancy["lease_end"]), tenancy["previous_rent"]) == ("2026-06-30", None)
    assert len(world.harness.rows("tenancy")) == 2


def test_a_column_that_the_file_leaves_out_keeps_what_is_known(world: Any) -> None:
    world.register({})
    columns = [name for name in COLUMNS if name not in ("email", "previous_rent")]
    done = import_path(world.harness.runtime, world.file({}, columns=columns), "test")
    assert done["updated"] == {"landlords": 0, "dwellings": 0, "tenancies": 0}
    assert world.harness.rows("landlord")[0]["email"] == "gestion@lices.example"


def test_bad_lines_are_told_and_left_out_while_good_ones_go_in(world: Any) -> None:
    path = world.file({}, lot(2, siret="73282932000075"), lot(3, commune_insee="99999", co_tenants="x"))
    path.write_bytes(path.read_bytes() + b'"\n\xff\xfe\n\n' + b"x" * 20_000 + b"\n")
    done = import_path(world.harness.runtime, path, "test", caf_code="359")
    assert (done["lines_good"], done["lines_bad"], done["lines_done"]) == (1, 5, 7)
    assert done["lines_total"] == 7
    found = world.get(f"/registry-imports/{done['id']}/errors", world.agent(), limit=4).json()
    assert found["total"] == 6
    assert [(error["line"], error["column"]) for error in found["items"]] == [
        (3, "siret"),
        (4, "commune_insee"),
        (4, "co_tenants"),
        (5, ""),
    ]
    rest = world.get(f"/registry-imports/{done['id']}/errors", world.agent(), cursor=found["next_cursor"]).json()
    assert [error["line"] for error in rest["items"]] == [6, 8]
    assert all(error["rule"] and error["message"] for error in found["items"] + rest["items"])


def test_a_file_without_mandatory_columns_is_refused_whole_and_says_which(world: Any) -> None:
    columns = [name for name in COLUMNS if name not in ("caf_code", "lease_start")]
    done = import_path(world.harness.runtime, world.file({}, columns=columns), "test")
    assert done["status"] == "refused"
    assert done["refusal"]
    assert "caf_code, lease_start" in done["refusal"]
    assert world.harness.rows("landlord") == []


def test_a_file_that_is_not_utf8_is_refused(world: Any) -> None:
    path = world.folder / "latin.csv"
    path.write_bytes("numéro;é".encode("latin-1"))
    assert import_path(world.harness.runtime, path, "test")["status"] == "refused"


def test_unknown_columns_are_named_and_ignored(world: Any) -> None:
    done = import_path(world.harness.runtime, world.file({}, columns=(*COLUMNS, "remarque")), "test")
    assert (done["unknown_columns"], done["lines_good"]) == (["remarque"], 1)


@pytest.mark.parametrize(("content", "code"), [(b"", "empty"), (b"x" * 2_000, "too_large")])
def test_an_empty_or_huge_file_is_refused_at_the_door(world: Any, content: bytes, code: str) -> None:
    object.__setattr__(world.harness.runtime.settings, "registry_max_bytes", 1_000)
    sent = world.harness.client.post(
        "/api/declaration/v1/registry-imports", files={"file": ("r.csv", content)}, headers=world.agent()
    )
    assert sent.status_code == 422
    assert sent.json()["errors"][0]["code"] == code
    assert world.harness.rows("registry_import") == []


def test_a_request_without_the_file_says_so(world: Any) -> None:
    client, url = world.harness.client, "/api/declaration/v1/registry-imports"
    for sent in (
        client.post(url, headers=world.agent()),
        client.post(url, files={"other": ("r.csv", b"x")}, headers=world.agent()),
        client.post(url, data={"file": "text"}, headers=world.agent()),
        client.post(url, json={"file": "text"}, headers=world.agent()),
    ):
        assert sent.status_code in (400, 415, 422), sent.text
    assert world.harness.rows("registry_import") == []


def test_a_file_sent_over_http_is_read_by_the_worker_and_then_erased(world: Any) -> None:
    file = {"file": ("../../registre 359.csv", world.file({}, lot(2)).read_bytes())}
    sent = world.harness.client.post("/api/declaration/v1/registry-imports", files=file, headers=world.agent())
    assert sent.status_code == 202, sent.text
    assert (sent.json()["status"], sent.json()["filename"]) == ("received", "registre 359.csv")
    world.harness.run_job("read registry files")
    done = world.get(f"/registry-imports/{sent.json()['id']}", world.agent()).json()
    assert (done["status"], done["created"]["tenancies"]) == ("done", 2)
    assert not list(Path(world.folder, "storage").rglob("*.csv"))
    assert world.harness.rows("registry_staging") == []


def test_what_a_killed_worker_left_is_taken_up_where_it_stopped(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", {"postgresql": 3, "sqlite": 3})
    path = world.file(*[lot(number) for number in range(10)])
    with path.open("rb") as stream:
        import_id, _ = commands.receive(world.harness.runtime, stream, "r.csv", caf_code="359", sent_by="test")
    claimed = jobs.JOBS.claim(world.harness.runtime)
    assert claimed is not None
    lease, _ = claimed

    class Killed(BaseException):
        """As SIGKILL: nothing of ours runs after it."""

    committed = 0

    def killed_at_the_second_batch() -> None:
        nonlocal committed
        committed += 1
        if committed == 2:
            raise Killed

    with pytest.raises(Killed):
        jobs.run(world.harness.runtime, lease, killed_at_the_second_batch)
    assert jobs.JOBS.claim(world.harness.runtime) is None
    with world.harness.transaction() as session:
        row = session.get_one(RegistryImport, import_id)
        assert row.lines_done == 6
        row.leased_until = clock.now()
    read_waiting(world.harness.runtime)
    done = world.get(f"/registry-imports/{import_id}", world.agent()).json()
    assert (done["status"], done["lines_good"], done["created"]["tenancies"]) == ("done", 10, 10)
    with pytest.raises(JobLockLost), world.harness.transaction() as session:
        lease.hold(session)


def test_two_workers_never_take_the_same_file(world: Any) -> None:
    import_path(world.harness.runtime, world.file({}), "test")
    file = {"file": ("r.csv", world.file({}).read_bytes())}
    world.harness.client.post("/api/declaration/v1/registry-imports", files=file, headers=world.agent())
    assert jobs.JOBS.claim(world.harness.runtime) is not None
    assert jobs.JOBS.claim(world.harness.runtime) is None


def test_a_tenancy_registered_while_the_campaign_is_open_joins_it(world: Any) -> None:
    world.register({})
    world.open_campaign()
    world.register({}, lot(2))
    assert len(world.declarations(world.landlord())) == 2
    assert len(world.harness.rows("declaration_request")) == 1


def test_progress_is_told_as_the_file_is_read(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", {"postgresql": 4, "sqlite": 4})
    told: list[int] = []
    path = world.file(*[lot(number) for number in range(10)])
    import_path(world.harness.runtime, path, "test", lambda shown: told.append(shown["lines_done"]))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (4, 10)


def test_people_with_one_name_only_are_shown_by_it_alone(world: Any) -> None:
    world.register({**PERSON, "first_name": "", "tenant_last_name": "SAMBA", "tenant_first_name": ""})
    [landlord] = world.harness.rows("landlord")
    assert (landlord["name"], landlord["first_name"]) == ("Mme MARTIN", None)
    [tenancy] = world.harness.rows("tenancy")
    assert (tenancy["tenant_last_name"], tenancy["tenant_first_name"], tenancy["sort_key"]) == ("SAMBA", "", "samba")
    told = world.harness.published("registry.landlord_registered.v1")[-1].personal
    assert (told["name"], told["last_name"], told["first_name"]) == ("Mme MARTIN", "MARTIN", None)
