"""The `bailleurs` command.

Each command imports what it needs: the database layer loads slowly, and starting a server should not wait for it.
"""

import json
import os
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from chassis.problems import Problem
from chassis.settings import SettingsError
from rich.console import Console
from rich.table import Table

from launcher import private_files, secrets, services
from launcher.services import UnknownTarget

if TYPE_CHECKING:
    from chassis.runtime import Runtime

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Mon Compte Partenaire – Offre Bailleurs.")
agent_app = typer.Typer(no_args_is_help=True, help="Agents de la Caf.")
registry_app = typer.Typer(no_args_is_help=True, help="Fichier du registre de la Caf.")
journal_app = typer.Typer(no_args_is_help=True, help="Journal des événements de sécurité.")
campaign_app = typer.Typer(no_args_is_help=True, help="Campagnes de déclaration.")
export_app = typer.Typer(no_args_is_help=True, help="Lots de déclarations remis à une Caf.")
answers_app = typer.Typer(no_args_is_help=True, help="Réponses de la Caf.")
app.add_typer(agent_app, name="agent")
app.add_typer(registry_app, name="registry")
app.add_typer(campaign_app, name="campaign")
app.add_typer(export_app, name="export")
app.add_typer(answers_app, name="answers")
app.add_typer(journal_app, name="journal")
keys_app = typer.Typer(no_args_is_help=True, help="Clés qui signent les jetons.")
app.add_typer(keys_app, name="keys")
console = Console()
_FILE_ERRORS = {
    FileNotFoundError: "Ce fichier n’existe pas",
    IsADirectoryError: "C’est un dossier, donnez un fichier",
    NotADirectoryError: "C’est un fichier, donnez un dossier",
    FileExistsError: "C’est un fichier, donnez un dossier",
    PermissionError: "Ce fichier ou ce dossier vous est interdit",
}
_KNOWN_WARNING = "Using `httpx` with `starlette.testclient`"

Target = Annotated[str, typer.Option(help=f"Ce qu’il faut lancer : {', '.join(services.TARGETS)}.")]
Caf = Annotated[str, typer.Option(help="Code de la Caf, trois chiffres, par exemple 359.")]


@app.command()
def serve(target: Target = services.ALL, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Sert tout le produit dans un processus, ou un seul service avec --target."""
    from launcher.serve import run

    run(target, role="serve", host=host, port=port)


@app.command()
def work(target: Target, host: str = "127.0.0.1", port: int = 8081) -> None:
    """Travaille pour un service : événements, envois, tâches longues. Le port sert à la surveillance."""
    from launcher.serve import run

    if not services.names_of(target):
        raise UnknownTarget(
            f"« {target} » n’a rien à faire en arrière-plan. Choisissez parmi : {', '.join(services.NAMES)}."
        )
    run(target, role="work", host=host, port=port)


@app.command()
def migrate(target: Target = services.ALL) -> None:
    """Amène les bases à leur dernière version."""
    from launcher import operations

    for name in services.names_of(target):
        operations.migrate(_runtime(name))
        console.print(f"{name} : à jour")


@app.command()
def topology() -> None:
    """Écrit les files et liaisons de RabbitMQ, telles que les abonnements des services les demandent."""
    from runner.topology import definitions

    typer.echo(json.dumps(definitions(services.load(name) for name in services.NAMES), indent=2))


@app.command("secrets")
def new_secrets() -> None:
    """Montre des secrets neufs pour une installation, un par ligne ; rien n’est gardé."""
    from chassis.keys import generate

    for name, value in generate().items():
        typer.echo(f"{name}={value}")


@app.command()
def status(target: Target = services.ALL) -> None:
    """Montre ce qui attend : événements à envoyer, à traiter, ou abandonnés."""
    from launcher import operations

    table = Table("service", "à envoyer", "à traiter", "abandonnés", "plus ancien (s)")
    for name in services.names_of(target):
        table.add_row(name, *operations.backlog(_runtime(name)))
    console.print(table)


@app.command()
def replay(target: Target, event: Annotated[str, typer.Option(help="Un seul événement, par son id.")] = "") -> None:
    """Rend une nouvelle chance aux événements abandonnés, une fois leur cause corrigée."""
    from launcher import operations

    for name in services.names_of(target):
        count = operations.replay(_runtime(name), event)
        console.print(f"{name} : {count} événement(s) remis en file")


@app.command()
def revision(target: Target, number: str, message: str) -> None:
    """Écrit la migration suivante d’un service d’après ses modèles (pour qui développe)."""
    from launcher import operations

    operations.write_revision(services.load(target), number, message)


@app.command()
def demo(
    url: Annotated[str, typer.Option(help="Où répond le produit.")] = "http://localhost:8080",
    mailpit: Annotated[str, typer.Option(help="Attrape-courriels de la pile Compose ; vide : /dev/mailbox.")] = "",
    agent: Annotated[
        str, typer.Option(help="IDENTIFIANT:MOT-DE-PASSE provisoire d’un agent ; vide : en créer un.")
    ] = "",
    caf: Caf = "",
    output: Path = Path("var/demo"),
) -> None:
    """Déroule toute la démarche contre ce qui tourne, du registre de la Caf au récapitulatif PDF du bailleur."""
    from launcher.demo.command import run

    raise typer.Exit(run(url=url, mailpit=mailpit, agent=agent, caf_code=caf, output=output))


@agent_app.command("add")
def agent_add(
    caf: Caf,
    login: Annotated[str, typer.Option(help="Identifiant ; vide : en fabriquer un.")] = "",
    email: Annotated[str, typer.Option(help="Adresse de courriel de l’agent.")] = "",
    supervisor: Annotated[bool, typer.Option(help="Voit toutes les Caf.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Réponse lisible par un programme.")] = False,
) -> None:
    """Crée un agent et montre une seule fois son mot de passe provisoire."""
    from launcher import operations

    made = operations.add_agent(_publisher("identity"), caf, login=login, email=email, supervisor=supervisor)
    if as_json:
        typer.echo(json.dumps(made))
        return
    console.print(f"Identifiant : [bold]{made['login']}[/]\nMot de passe provisoire : [bold]{made['password']}[/]")


@agent_app.command("move")
def agent_move(
    login: str,
    caf: Caf,
    supervisor: Annotated[bool, typer.Option(help="Voit toutes les Caf.")] = False,
) -> None:
    """Rattache un agent à une autre Caf : ses sessions se ferment, tous les services le savent aussitôt."""
    from launcher import operations

    operations.move_agent(_runtime("identity"), login, caf, supervisor=supervisor)
    console.print(f"{login} : Caf {caf}")


@registry_app.command("import")
def registry_import(
    file: Path,
    caf: Annotated[str, typer.Option(help="Écarter les lignes d’une autre Caf, comme pour un agent de celle-ci.")] = "",
) -> None:
    """Importe le fichier du registre d’une Caf et montre ligne par ligne ce qui est à corriger."""
    from launcher import operations

    _check_readable(file)
    raise typer.Exit(operations.import_registry(_publisher("declaration"), file, console, caf_code=caf or None))


@export_app.command("make")
def export_make(caf: Caf, folder: Annotated[Path, typer.Option(help="Où écrire l’archive.")] = Path()) -> None:
    """Fait le lot de tout ce qui a été transmis depuis le précédent, et écrit son archive."""
    from launcher import exchange

    raise typer.Exit(exchange.make_export(_publisher("declaration"), caf, folder, console))


@answers_app.command("import")
def answers_import(caf: Caf, file: Path) -> None:
    """Lit un fichier de réponses de la Caf."""
    from launcher import exchange

    _check_readable(file)
    raise typer.Exit(exchange.import_answers(_publisher("declaration"), caf, file, console))


@campaign_app.command("open")
def campaign_open(caf: Caf, year: int, deadline: datetime, cut_off: datetime) -> None:
    """Crée la campagne de l’année et l’ouvre : chaque bailleur est sollicité une fois."""
    from launcher import operations

    console.print_json(
        data=operations.open_campaign(_publisher("declaration"), caf, year, deadline.date(), cut_off.date())
    )


@keys_app.command("list")
def keys_list() -> None:
    """Montre les clés publiées : depuis et jusqu’à quand chacune signe, et reste publiée (UTC)."""
    from launcher import operations

    table = Table("clé", "signe depuis", "signe jusqu’au", "publiée jusqu’au")
    for key in operations.signing_keys(_runtime("identity")):
        table.add_row(*key)
    console.print(table)


@keys_app.command("rotate")
def keys_rotate(
    at_once: Annotated[
        bool, typer.Option(help="Clé divulguée : signer tout de suite avec une autre et refuser tout jeton d’avant.")
    ] = False,
) -> None:
    """Publie une nouvelle clé, qui signera dans dix minutes ; l’ancienne reste publiée tant que ses jetons servent."""
    from launcher import operations

    operations.rotate_keys(_runtime("identity"), at_once=at_once)
    keys_list()


@journal_app.command("verify")
def journal_verify(
    target: Annotated[str, typer.Option(help="Le service dont le journal est chaîné : identity.")] = "identity",
    expect: Annotated[str, typer.Option(help="POSITION:EMPREINTE, telle que le journal technique l’a notée.")] = "",
) -> None:
    """Relit toute la chaîne du journal et dit ce qui a été modifié, retiré ou ajouté ; 1 s’il y en a."""
    from launcher import operations

    raise typer.Exit(operations.verify_journal(_runtime(target), console, expect))


def _runtime(name: str) -> "Runtime":
    if secrets.FILE.exists():
        secrets.ensure()
    return services.runtime(name)


def _publisher(name: str) -> "Runtime":
    """For commands that publish events: without the event key the first event would be refused, after much work."""
    runtime = _runtime(name)
    if not runtime.settings.event_key:
        raise SettingsError(
            f"Aucune installation ici\u00a0: ni {secrets.FILE} dans ce dossier, ni BAILLEURS_EVENT_KEY. "
            "Lancez la commande depuis le dossier où « bailleurs serve » a été lancé."
        )
    return runtime


def _check_readable(file: Path) -> None:
    """Checks a file before any work starts. Raises OSError, and SettingsError for an empty file."""
    with file.open("rb") as stream:
        if not stream.read(1):
            raise SettingsError(f"Ce fichier est vide\u00a0: {file}")


def main() -> None:
    """Shows one sentence for errors that a person can fix; any other error shows its traceback."""
    # connexion 3.3 imports names deprecated by starlette, which is pinned for it. Applies here and in child processes.
    warnings.filterwarnings("ignore", message=_KNOWN_WARNING)
    os.environ.setdefault("PYTHONWARNINGS", f"ignore:{_KNOWN_WARNING}")
    private_files.keep_private()
    try:
        app()
    except Problem as problem:
        _refuse(*([error.detail for error in problem.errors] or [problem.detail]))
    except OSError as error:
        _refuse(_file_error(error))
    except (SettingsError, UnknownTarget) as error:
        _refuse(str(error))


def _file_error(error: OSError) -> str:
    """The sentence for a file or folder error; re-raises any other OSError."""
    if error.filename is None:
        raise error
    for kind, sentence in _FILE_ERRORS.items():
        if isinstance(error, kind):
            return f"{sentence}\u00a0: {error.filename}"
    raise error


def _refuse(*sentences: str) -> NoReturn:
    for sentence in sentences:
        Console(stderr=True).print(sentence, style="red", markup=False)
    raise SystemExit(2) from None
