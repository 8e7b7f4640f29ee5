"""The product in one process: of two agents, the one who is suspended gets nothing from any service within seconds."""

import time
from pathlib import Path

import pytest
import structlog
from launcher.demo.command import make_agent
from launcher.demo.journey.first_sign_in import sign_in_first
from launcher.demo.web.api import DECLARATION, DOCUMENTS, HABILITATION, IDENTITY, NOTIFICATION, Api
from launcher.demo.web.site import Site
from running_product import served

from launcher import services

pytestmark = pytest.mark.timeout(600)
NOBODY = "01973f50-0000-7000-8000-00000000000c"
# An operation of each service that agents may ask for.
OF_AGENTS = {
    "identity": f"{IDENTITY}/factor-resets",
    "habilitation": f"{HABILITATION}/organisations/{NOBODY}",
    "declaration": f"{DECLARATION}/campaigns",
    "notification": f"{NOTIFICATION}/messages",
    "documents": f"{DOCUMENTS}/documents?declaration={NOBODY}",
}
# Two are aimed at, and measured where the product runs alone (tests-e2e/test_suspension.py); here many tests share the
# machine. A token lives three hundred.
MOST_SECONDS = 30.0
WHY = {"reason": "Essai : l’agent a quitté la Caf hier soir."}


def standings(api: Api) -> dict[str, int]:
    return {service: api.request("GET", path).status_code for service, path in OF_AGENTS.items()}


def seconds_until_refused(api: Api) -> dict[str, float]:
    start, took = time.monotonic(), dict[str, float]()
    while len(took) < len(OF_AGENTS) and time.monotonic() - start < MOST_SECONDS:
        for service, status in standings(api).items():
            if status == 403:
                took.setdefault(service, time.monotonic() - start)
        time.sleep(0.02)
    return took


def test_of_two_agents_the_suspended_one_is_refused_by_every_service(tmp_path: Path) -> None:
    assert set(OF_AGENTS) == set(services.NAMES)
    with served(tmp_path) as product:
        site = Site(product.url)

        def enters(name: str, *, supervisor: bool) -> Api:
            person = {"civility": "Mme", "last_name": name, "first_name": "Anne", "email": f"{name}@caf.example"}
            made = make_agent("359", folder=product.folder, supervisor=supervisor)
            return sign_in_first(site, made, person, "girafe violon pamplemousse comète")

        gone, kept = enters("PARTI", supervisor=False), enters("RESTEE", supervisor=True)
        account = f"{IDENTITY}/accounts/{gone.get(f'{IDENTITY}/me')['account_id']}"
        before = standings(gone)
        assert 403 not in before.values()
        kept.create(f"{account}/suspension", WHY, status=200)
        took = seconds_until_refused(gone)
        structlog.get_logger().info("seconds until an agent is refused", **took)
        assert set(took) == set(OF_AGENTS)
        assert standings(kept) == before
        site.close()
