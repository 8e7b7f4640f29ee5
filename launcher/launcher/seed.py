"""Demonstration data for the all-in-one mode: created at the first start, kept afterwards."""

import json
import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from chassis import clock
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from launcher import operations
from launcher.dev_mailbox import Mails, mails_of

if TYPE_CHECKING:
    from chassis.runtime import Runtime

    from launcher.process import Process

log = structlog.get_logger()
FOLDER = Path("var/demo")
ACCOUNTS = FOLDER / "comptes.json"
CAF = "359"
AGENT = "AGENT-RENNES"
MAIL_SECONDS = 60
_LOGIN = re.compile(r"Votre identifiant\s*:\s+(\S+)")
_PASSWORD = re.compile(r"Votre mot de passe provisoire\s*:\s+(\S+)")


def fill_and_tell(process: "Process") -> None:
    """Creates the data if there is none, then prints the URL and the accounts to sign in with."""
    runtimes = {one.name: one for one in process.runtimes}
    if not ACCOUNTS.exists():
        try:
            accounts = _fill(runtimes)
        except Exception as error:
            # The product runs without its demonstration data; a restart tries again.
            log.warning("no demonstration data", error=type(error).__name__)
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        ACCOUNTS.touch(mode=0o600)
        ACCOUNTS.write_text(json.dumps(accounts, indent=2, ensure_ascii=False))
    _tell(runtimes["notification"].settings.public_url, json.loads(ACCOUNTS.read_text()))


def _fill(runtimes: dict[str, "Runtime"]) -> list[dict[str, str]]:
    from launcher.demo import registry  # only needed here
    from launcher.demo.contact import CONTACT

    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "registre.csv"
    demonstration = registry.demonstration()
    file.write_text(demonstration.csv, encoding="utf-8")
    agent = operations.add_agent(runtimes["identity"], CAF, login=AGENT, email="agent@caf359.example", supervisor=False)
    operations.load_registry(runtimes["declaration"], file, lambda _state: None)
    operations.open_campaign(runtimes["declaration"], CAF, *_dates(clock.today()), CONTACT)
    people = [("Agent de la Caf", agent["login"], agent["password"])]
    mails = mails_of(runtimes["notification"])
    people += [(label, *_credentials(mails, address)) for label, address in demonstration.people]
    return [{"who": who, "login": login, "password": password} for who, login, password in people]


def _dates(today: date) -> tuple[int, date, date]:
    """Campaign dates for the last July, still open for a month whenever the demonstration starts."""
    year = today.year if today >= date(today.year, 7, 1) else today.year - 1
    deadline = max(date(year, 11, 15), today + timedelta(days=30))
    return year, deadline, deadline + timedelta(days=60)


def _credentials(mails: Mails, address: str) -> tuple[str, str]:
    """Login and provisional password, from two distinct e-mails. Raises TimeoutError."""
    for _attempt in range(MAIL_SECONDS * 4):
        texts = " ".join(mail["text"] for mail in mails.all() if address in mail["to"])
        login, password = _LOGIN.search(texts), _PASSWORD.search(texts)
        if login and password:
            return login[1], password[1]
        time.sleep(0.25)
    raise TimeoutError(address)


def _tell(public_url: str, accounts: list[dict[str, str]]) -> None:
    table = Table("Qui", "Identifiant", "Mot de passe provisoire", title="Comptes à essayer", title_justify="left")
    for account in accounts:
        table.add_row(account["who"], account["login"], account["password"])
    console = Console()
    where = f"Le produit répond à [bold]{public_url}[/]\nCourriels et courriers : {public_url}/dev/mailbox"
    console.print(Panel(where, title="Mon Compte Partenaire – Offre Bailleurs", expand=False))
    console.print(table)
    console.print(
        "Les deux bailleurs sans adresse de courriel ont reçu des courriers : lisez-les à l’adresse ci-dessus."
    )
    console.print(
        "L’agent se connecte deux fois avec son seul mot de passe ; à la troisième, une seconde vérification lui est "
        "demandée (clé d’accès, ou application d’authentification), comme à l’administrateur qui a créé d’autres "
        "utilisateurs. Aux autres elle est proposée une fois, et ils peuvent continuer sans."
    )
    console.print("À la première connexion, chacun choisit son propre mot de passe ; celui d’ici ne sert qu’une fois.")
