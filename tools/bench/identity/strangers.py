"""Whether response times reveal that an account exists: known and unknown alternately, their medians compared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from statistics import median

from chassis import clock, ids
from identity.accounts.commands import create_account
from identity.crypto import hashing
from identity.models import UserNumber
from webui.testing import parse

from tools.bench.figures import Figure
from tools.bench.identity.product import PASSWORD, Product
from tools.bench.identity.sign_ins import Meter

# Tries of each kind; BAILLEURS_BENCH_STRANGERS changes it.
PAIRS = int(os.environ.get("BAILLEURS_BENCH_STRANGERS", "200"))
# Relative difference between medians of a few milliseconds, measured alternately; one more hash would take 20 ms.
TOLERANCE = 0.05
AIM = "within 5 % of what an unknown one costs"
LOGIN, EMAIL, NUMBER = "CONNU{:04}", "connu{}@x.example", "359{:011}"
SIGN_IN, FORGOTTEN, LOST = "/compte/connexion", "/compte/mot-de-passe-oublie", "/compte/identifiant-perdu"
# What is measured -> the page, its field, and the values for an existing and a missing account.
FORMS = {
    "a wrong password, for a login that exists": (SIGN_IN, "login", LOGIN, "LIBRE{:04}"),
    "a forgotten password, for an address that exists": (FORGOTTEN, "email", EMAIL, "libre{}@x.example"),
    "a lost identifier, for a number that exists": (LOST, "user_number", NUMBER, "358{:011}"),
}


def figures(made: Product, pairs: int = PAIRS) -> list[Figure]:
    _fill(made, pairs)
    meter, networks = Meter(made.app), count()
    return [_figure(made, meter, networks, name, pairs) for name in FORMS]


def _figure(made: Product, meter: Meter, networks: Iterator[int], name: str, pairs: int) -> Figure:
    path, field, known, unknown = FORMS[name]
    browser = made.app.test_client()
    token = next(one.get("value") for one in parse(browser.get(path).text) if one.get("name") == "csrf_token")

    def ask(subject: str) -> float:
        # Each from its own network, which has no failures yet.
        network = next(networks)
        browser.environ_base["REMOTE_ADDR"] = f"10.{network // 250}.{network % 250}.1"
        sent = {"csrf_token": token, field: subject, "password": "une girafe qui se trompe"}
        return meter.seconds_each(lambda _: browser.post(path, data=sent), 1)

    spent: dict[str, list[float]] = {known: [], unknown: []}
    for number in range(pairs):
        # The order alternates: the second request finds the caches warm.
        for template in (known, unknown) if number % 2 else (unknown, known):
            spent[template].append(ask(template.format(number)))
    one, other = median(spent[known]), median(spent[unknown])
    return Figure(name, one * 1000, "ms", other * 1000, AIM, abs(one / other - 1) <= TOLERANCE)


def _fill(made: Product, pairs: int) -> None:
    """Sets the accounts as they are once activated."""
    encoded, now = hashing.hash_password(PASSWORD), clock.now()
    with made.runtime.transaction() as session:
        for number in range(pairs):
            organisation, login = ids.new_id(), LOGIN.format(number)
            account = create_account(
                session, ids.new_id(), kind="landlord", login=login, organisation_id=organisation, contact_name=login
            )
            if account is None:
                raise RuntimeError("the database must be empty")
            account.password_hash, account.information_given_at, account.activated_at = encoded, now, now
            account.email = EMAIL.format(number)
            of_caf = {"landlord_id": ids.new_id(), "caf_code": "359", "name": login, "version": 1}
            session.add(UserNumber(number=NUMBER.format(number), organisation_id=organisation, **of_caf))
