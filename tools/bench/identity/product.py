"""Identity on a new database, with accounts that have signed in before."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis import clock, ids, migrations
from chassis.keys import b64, generate
from chassis.runtime import Runtime
from flask import Flask
from identity.accounts.commands import create_account
from identity.app import service
from identity.crypto import hashing
from identity.oidc import signing_keys
from identity.pages.application import create_pages
from identity.settings import Settings

PASSWORD = "girafe violon pamplemousse comète"  # noqa: S105 - of accounts that live as long as the benchmark
SECRET = "s" * 40
DATABASE = "BAILLEURS_BENCH_DATABASE_URL"


@dataclass(frozen=True)
class Product:
    runtime: Runtime
    app: Flask


@contextmanager
def product() -> Iterator[Product]:
    made = generate()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            service="identity",
            database_url=os.environ.get(DATABASE) or f"sqlite:///{Path(folder)}/identity.sqlite3",
            identity_key=b64(secrets.token_bytes(32)),
            portal_client_secret=SECRET,
            event_key=made["BAILLEURS_EVENT_KEY"],
        )
        runtime = Runtime(service, settings)
        migrations.upgrade(runtime)
        signing_keys.rotate(runtime)
        yield Product(runtime, create_pages(runtime))
        runtime.engine.dispose()


def accounts(runtime: Runtime, count: int) -> list[str]:
    """Logins of people who have completed the first sign-in, except for the two texts."""
    logins = [f"BENCH{number:04}" for number in range(count)]
    encoded, now = hashing.hash_password(PASSWORD), clock.now()
    with runtime.transaction() as session:
        for login in logins:
            account = create_account(
                session, ids.new_id(), kind="landlord", login=login, organisation_id=ids.new_id(), contact_name=login
            )
            if account is None:
                raise RuntimeError(f"{DATABASE} must name an empty database")
            account.password_hash, account.information_given_at, account.activated_at = encoded, now, now
    return logins


def seconds_each(act: Callable[[int], object], times: int) -> float:
    """Processor time of this process, hardly affected by other processes."""
    start = time.process_time()
    for number in range(times):
        act(number)
    return (time.process_time() - start) / times
