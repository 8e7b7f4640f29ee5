"""What `docker-compose.yml` and the images guarantee: least privilege, own secrets only, only the gateway published."""

import re

import pytest
import yaml
from runner.testing import broker

from tools.secrets import fresh
from tools.workspace import DEPLOYABLES, ROOT, SERVICES

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
DOCKERFILE = (ROOT / "deploy" / "images" / "Dockerfile").read_text(encoding="utf-8")


def secrets_of(name: str) -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", str(COMPOSE[name]["environment"]))) & fresh().keys()


@pytest.mark.parametrize("name", COMPOSE)
def test_every_container_runs_with_the_least_rights(name: str) -> None:
    service = COMPOSE[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"


def test_only_the_door_and_the_mail_catcher_are_published_and_on_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service}
    assert set(published) == {"envoy", "mailpit"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_its_own_passwords_and_nobody_elses(name: str) -> None:
    for container in (name, f"{name}-worker"):
        passwords = {secret for secret in secrets_of(container) if secret.endswith("_PASSWORD")}
        assert passwords == {f"{name.upper()}_DATABASE_PASSWORD", f"{name.upper()}_BROKER_PASSWORD"}
        private = {secret for secret in secrets_of(container) if "PRIVATE" in secret}
        assert private <= {f"BAILLEURS_SEALING_PRIVATE_KEYS_{name.upper()}"}


def test_the_signing_key_is_identitys_alone() -> None:
    holders = {name for name in COMPOSE if "BAILLEURS_IDENTITY_KEY" in str(COMPOSE[name].get("environment"))}
    assert holders == {"identity", "identity-worker"}


@pytest.mark.parametrize("name", DEPLOYABLES)
def test_every_deployable_has_a_stage_with_its_own_lock_that_runs_as_nobody_special(name: str) -> None:
    build = DOCKERFILE.split(f"FROM builder AS {name}-build\n")[1].split("\nFROM ")[0]
    assert f"requirements/{name}.txt" in build
    others = {other for other in DEPLOYABLES.values() if f"COPY {other} " in build} - {DEPLOYABLES[name]}
    assert not others
    final = DOCKERFILE.split(f"FROM runtime AS {name}\n")[1].split("\nFROM ")[0]
    assert "USER 10001:10001" in final


@pytest.mark.parametrize("modern", ["<<", "--link", "# syntax="])
def test_an_engine_of_2022_can_build_the_images(modern: str) -> None:
    assert modern not in DOCKERFILE


def test_health_checks_use_what_an_engine_of_2022_knows() -> None:
    assert "start_interval" not in str(COMPOSE)


def test_a_health_check_takes_no_time_from_what_it_watches() -> None:
    """Each runs every few seconds: no virtual machine, no interpreter."""
    checks = {service["healthcheck"]["test"][1] for service in COMPOSE.values() if "healthcheck" in service}
    checks |= set(re.findall(r'^HEALTHCHECK [^\[]*CMD \["(\S+)"', DOCKERFILE, re.MULTILINE | re.DOTALL))
    assert "bash" in checks
    assert checks == {"bash", "pg_isready"}


def exact(image: str) -> bool:
    """Pinned by digest, or by a three-number version (two for PostgreSQL, whose releases have no third)."""
    return bool(re.search(r"@sha256:[0-9a-f]{64}$|:v?\d+\.\d+\.\d+(-[a-z-]+)?$|^postgres:\d+\.\d+$", image))


def test_every_image_has_an_exact_version() -> None:
    ours = {service["image"] for service in COMPOSE.values() if service["image"].startswith("offre-bailleurs/")}
    of_others = {service["image"] for service in COMPOSE.values()} - ours
    bases = set(re.findall(r"^FROM (\S+:\S+)", DOCKERFILE, re.MULTILINE))
    assert of_others
    assert bases
    assert {image for image in of_others | bases if not exact(image)} == set()


def test_tests_run_the_versions_that_the_product_runs() -> None:
    plugin = (ROOT / "libs/chassis/chassis/testing/plugin.py").read_text(encoding="utf-8")
    assert f'"{COMPOSE["postgres"]["image"]}"' in plugin
    assert COMPOSE["rabbitmq"]["image"] == broker.IMAGE


def test_a_floating_version_is_noticed() -> None:
    for image in ("postgres:17", "axllent/mailpit:latest", "python:3.13-slim-trixie", "envoyproxy/envoy:v1.40-latest"):
        assert not exact(image)
