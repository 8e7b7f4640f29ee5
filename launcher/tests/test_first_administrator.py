"""Twenty people of one organisation end their first sign-in at the same moment: one administrator, in every service."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from chassis import ids
from launcher.demo.credentials import Credentials
from launcher.demo.journey.first_sign_in import (
    INFORMATION,
    accept_both,
    choose_password,
    confirm_email,
    give_credentials,
    give_information,
)
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import HABILITATION, Api, Json
from launcher.demo.web.browser import Page, on
from launcher.demo.web.sign_in import SignIn
from launcher.demo.web.site import Site
from running_product import Served, served

TOGETHER = 20
PATIENCE = 120.0
PASSWORD = "girafe violon pamplemousse comète"
# An organisation of the registry, and accounts of it with provisional passwords, as letters bring them; as JSON.
ADD_PEOPLE = """
import json, sys
from uuid import UUID
from chassis import ids
from identity.accounts.commands import create_account
from identity.credentials.commands import issue_password
from identity.domain.credentials import Channel, Purpose
from launcher import services
from habilitation.models import Organisation
organisation = Organisation(
    id=UUID(sys.argv[1]), name="RÉGIE DES LICES", kind="legal_person", portfolio_version=0
)
with services.runtime("habilitation").transaction() as session:
    session.add(organisation)
made = []
for _ in range(int(sys.argv[2])):
    with services.runtime("identity").transaction() as session:
        account = create_account(session, ids.new_id(), kind="landlord", organisation_id=UUID(sys.argv[1]))
        issue = issue_password(session, account, Purpose.CREATION, Channel.LETTER)
        made.append([account.login, issue.password])
print(json.dumps(made))
"""
# What identity has learnt of the roles, which decides who must have a second factor and whom a user number recovers.
ROLES = """
import json, sys
from uuid import UUID
from identity.models import Account
from launcher import services
from sqlalchemy import select
with services.runtime("identity").read_only() as session:
    mine = select(Account).where(Account.organisation_id == UUID(sys.argv[1]))
    print(json.dumps([[str(one.id), one.role, one.principal] for one in session.scalars(mine)]))
"""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as found:
        yield found


def before_the_last_step(site: Site, rank: int, credentials: Credentials) -> tuple[SignIn, Page]:
    """All but the last act, which activates the account: confirming the address, or going on without."""
    sign_in = SignIn(site)
    information = {
        "civility": "Mme",
        "last_name": f"DUPONT{chr(65 + rank)}",
        "first_name": "Anne",
        "email": f"personne{rank}@lices.example",
        "telephone": "02 99 00 00 00",
    }
    page = give_information(sign_in, on(give_credentials(sign_in, credentials), INFORMATION), information)
    page = choose_password(sign_in, page, PASSWORD)
    return sign_in, accept_both(sign_in, page)


def all_together(ready: list[tuple[SignIn, Page]]) -> list[Api]:
    """The last step, sent by everybody when the last of them is there; their APIs, with tokens."""
    gate = Barrier(len(ready), timeout=PATIENCE)

    def finish(one: tuple[SignIn, Page]) -> Page:
        sign_in, page = one
        gate.wait()
        return confirm_email(sign_in, page, "")

    with ThreadPoolExecutor(len(ready)) as pool:
        pages = list(pool.map(finish, ready))
    return [sign_in.finish(page) for (sign_in, _), page in zip(ready, pages, strict=True)]


def access(api: Api) -> Json | None:
    """What habilitation answers to the person's own token; None until it has heard of them."""
    answer = api.request("GET", f"{HABILITATION}/me/access")
    return answer.json() if answer.status_code == 200 else None


def test_of_twenty_first_sign_ins_together_one_makes_the_administrator(product: Served) -> None:
    organisation = str(ids.new_id())
    site = Site(product.url)
    people = [Credentials(*one) for one in json.loads(product.run(ADD_PEOPLE, organisation, str(TOGETHER)))]
    apis = all_together([before_the_last_step(site, rank, one) for rank, one in enumerate(people)])
    rights = [wait_for("les droits de chacun", partial(access, api), seconds=PATIENCE) for api in apis]
    assert Counter(one["role"] for one in rights) == {"administrator": 1, "user": TOGETHER - 1}
    [administrator] = [one["account_id"] for one in rights if one["role"] == "administrator"]

    group = {"label": "Rennes", "scopes": [{"housing_type": "private", "zone": "FR"}]}
    url = f"{HABILITATION}/organisations/{organisation}/groups"
    statuses = Counter(
        api.request("POST", url, json=group, headers={"Idempotency-Key": f"group-{rank}"}).status_code
        for rank, api in enumerate(apis)
    )
    assert statuses == {201: 1, 403: TOGETHER - 1}

    def told() -> list[list[object]] | None:
        known = json.loads(product.run(ROLES, organisation))
        return known if all(role for _, role, _ in known) else None

    roles = wait_for("les rôles chez identity", told, seconds=PATIENCE, every=1.0)
    assert [account for account, role, _ in roles if role == "administrator"] == [administrator]
    assert [account for account, _, principal in roles if principal] == [administrator]
    site.close()
