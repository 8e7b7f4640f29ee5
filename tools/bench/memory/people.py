"""Who works: one declares tenant after tenant, one with files and lists, an agent, and people who sign in."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from launcher.demo.credentials import Credentials
from launcher.demo.failures import answered
from launcher.demo.journey.first_sign_in import SIGN_IN, sign_in_again
from launcher.demo.journey.second_factor import PROTECTION
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import DECLARATION, DOCUMENTS, NOTIFICATION, Api
from launcher.demo.web.browser import Browser, on
from launcher.demo.web.site import Site

from tools.bench import declaring
from tools.bench.many.landlord import Agency, filled

MINUTE = 60.0
# What each of them does in a minute.
DECLARATIONS, FILE_LINES, LISTS, AGENT_READS, SIGN_INS = 10, 10, 15, 8, 2
# The agency's tenants live in three zones: one handled by hand, one by files; the third is only read.
BY_HAND, BY_FILE, READ = "35", "22", "56"
PAGES = ("/", "/declarer", "/declarer?status=to_declare", "/aide")

Act = Callable[[], object]


@dataclass(frozen=True)
class Worker:
    """What one person does each minute."""

    acts: Sequence[Act]

    def work(self, minutes: int, ended: threading.Event, failed: list[str]) -> None:
        """Act by act, spread evenly; what took too long makes the next one follow at once."""
        start, pause = time.monotonic(), MINUTE / len(self.acts)
        for number, act in enumerate(itertools.chain.from_iterable([self.acts] * minutes)):
            if ended.wait(max(0.0, start + number * pause - time.monotonic())):
                return
            try:
                act()
            except Exception as error:
                # The others go on: one late answer does not spoil an hour, but is told.
                failed.append(f"{type(error).__name__}: {error}")


@contextmanager
def at_work(people: Sequence[Worker], minutes: int) -> Iterator[list[str]]:
    """They all work meanwhile; yields what failed so far."""
    ended, failed = threading.Event(), list[str]()
    with ThreadPoolExecutor(len(people)) as pool:
        for one in people:
            pool.submit(one.work, minutes, ended, failed)
        try:
            yield failed
        finally:
            ended.set()


def all_of(agency: Agency, url: str) -> list[Worker]:
    agent = agency.journey.agent_api
    return [
        Worker([_declares(agency.api)] * DECLARATIONS),
        Worker(_with_files(agency)),
        Worker(_reads(agent, agency.journey.year) * AGENT_READS),
        Worker([lambda: _signs_in(url, agency.own)] * SIGN_INS),
    ]


def _declares(api: Api) -> Act:
    """The next declaration due, and the recap of the one before."""
    due = iter(declaring.due(api, zone=BY_HAND))
    before: list[str] = []

    def act() -> None:
        if before:
            _recap(api, before.pop())
        before.append(next(due))
        declaring.declare(api, before[0])

    return act


def _recap(api: Api, declaration: str) -> None:
    items = wait_for("a recap", lambda: api.get(f"{DOCUMENTS}/documents", declaration=declaration)["items"])
    answered(api.request("GET", f"{DOCUMENTS}/documents/{items[0]['id']}/content"), 200)


def _with_files(agency: Agency) -> list[Act]:
    """Somebody else of the agency, with a session of their own: tokens are renewed by one thread only."""
    api = sign_in_again(agency.journey.site, agency.own)
    clerk = replace(agency, api=api)

    def file() -> None:
        content = filled(clerk.template("csv", zone=BY_FILE), FILE_LINES)
        clerk.apply(clerk.send_file(content))
        clerk.transmit(FILE_LINES, zone=BY_FILE)

    declarations = f"{DECLARATION}/declarations"
    lists: list[Act] = [
        lambda: api.get(declarations, limit=50),
        lambda: api.get(declarations, status="to_declare", zone=READ, limit=50),
        lambda: api.get(declarations, q="martin", limit=25),
    ]
    return [file, lambda: clerk.template("xlsx", zone=READ), *lists * LISTS]


def _reads(agent: Api, year: int) -> list[Act]:
    return [
        lambda: agent.get(f"{DECLARATION}/campaigns/{year}/progress"),
        lambda: agent.get(f"{NOTIFICATION}/messages", limit=50),
        lambda: agent.get(f"{DECLARATION}/declarations", q="martin", limit=50),
    ]


def _signs_in(url: str, own: Credentials) -> None:
    """On the pages, as a browser does; it is closed without signing out."""
    site = Site(url)
    try:
        browser = Browser(site)
        page = on(browser.get("/connexion"), SIGN_IN)
        page = browser.send(page, login=own.login, password=own.password)
        if page.path == PROTECTION:
            # Offered once, at the third sign-in.
            token = page.form_with("csrf_token").fields["csrf_token"]
            page = browser.post(f"{PROTECTION}/sans", {"csrf_token": token})
        on(page, "/")
        for path in PAGES:
            on(browser.get(path), path.partition("?")[0])
    finally:
        site.close()
