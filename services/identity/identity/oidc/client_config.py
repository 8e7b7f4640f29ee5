"""Client declarations in TOML files, validated at start; errors give the line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple, NotRequired, TypedDict, cast, get_args

from chassis.settings import SettingsError

from identity.oidc.clients import GRANTS, PEOPLE_SCOPES, PROGRAM_SCOPES, Client, is_declarable
from identity.settings import Settings

_TEXTS = ("name", "secret_setting", "user_setting")
_LISTS = ("grants", "scopes", "redirect_uris", "post_logout_redirect_uris")
_SHORTEST_SECRET = 32
AddressKey = Literal["redirect_uris", "post_logout_redirect_uris"]
_ADDRESSES: tuple[AddressKey, ...] = get_args(AddressKey)


class ClientEntry(TypedDict):
    """A table of the file, once its keys and their types are checked."""

    name: str
    grants: list[str]
    scopes: list[str]
    redirect_uris: NotRequired[list[str]]
    post_logout_redirect_uris: NotRequired[list[str]]
    secret_setting: NotRequired[str]
    user_setting: NotRequired[str]


class _File(NamedTuple):
    name: str
    text: str


def load_clients(settings: Settings) -> dict[str, Client]:
    """Clients of the product, the examples outside production, and the installation's (BAILLEURS_CLIENTS_FILE).

    Raises SettingsError with file, line and expected value.
    """
    clients: dict[str, Client] = {}
    for file in _files(settings):
        for client_id, entry in _parsed(file).items():
            if client_id in clients:
                raise _wrong(file, client_id, "ce nom de client est déjà pris.")
            clients[client_id] = _client(file, client_id, entry, settings)
    return clients


def _files(settings: Settings) -> Iterator[_File]:
    names = ["clients.toml"] if settings.environment == "production" else ["clients.toml", "clients_examples.toml"]
    for name in names:
        yield _File(name, (files("identity") / name).read_text(encoding="utf-8"))
    if settings.clients_file:
        try:
            yield _File(settings.clients_file, Path(settings.clients_file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"BAILLEURS_CLIENTS_FILE : {settings.clients_file} ne se lit pas.") from error


def _parsed(file: _File) -> dict[str, object]:
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file.name} : {error}.") from error


def _client(file: _File, client_id: str, given: object, settings: Settings) -> Client:
    for key, fault in _faults(client_id, given, settings):
        raise _wrong(file, client_id, fault, key)
    entry = cast(ClientEntry, given)
    secret_setting = entry.get("secret_setting")

    def addresses(name: AddressKey) -> tuple[str, ...]:
        return tuple(uri.replace("{public_url}", settings.public_url) for uri in entry.get(name, ()))

    return Client(
        client_id=client_id,
        name=entry["name"],
        grants=tuple(entry["grants"]),
        scopes=tuple(entry["scopes"]),
        redirect_uris=addresses("redirect_uris"),
        post_logout_redirect_uris=addresses("post_logout_redirect_uris"),
        confidential=secret_setting is not None,
        secret=settings.named(secret_setting) if secret_setting else "",
        user=settings.named(entry["user_setting"]) if "user_setting" in entry else "",
    )


def _faults(client_id: str, given: object, settings: Settings) -> Iterator[tuple[str, str]]:
    """Errors as (key, sentence); only the first one is reported."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,59}", client_id) or not isinstance(given, dict):
        yield "", "un client est une table nommée par 3 à 60 minuscules, chiffres et tirets."
        return
    yield from _wrong_types(given)
    entry = cast(ClientEntry, given)
    yield from _wrong_grants(entry)
    yield from _wrong_scopes(entry)
    yield from _wrong_addresses(entry, settings)
    yield from _wrong_secret(entry, settings)


def _wrong_types(entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in entry.items():
        if key not in (*_TEXTS, *_LISTS):
            yield key, f"« {key} » n’est pas connu. Les clés sont : {', '.join((*_TEXTS, *_LISTS))}."
        elif key in _TEXTS and not (isinstance(value, str) and value):
            yield key, f"« {key} » est un texte."
        elif key in _LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            yield key, f"« {key} » est une liste de textes."
    for key in ("name", "grants", "scopes"):
        if not entry.get(key):
            yield "", f"« {key} » manque."


def _wrong_grants(entry: ClientEntry) -> Iterator[tuple[str, str]]:
    grants = set(entry["grants"])
    if not grants <= set(GRANTS):
        yield "grants", f"les attributions sont à choisir parmi : {', '.join(GRANTS)}."
    if "client_credentials" in grants and len(grants) > 1:
        yield "grants", "client_credentials va seul : un programme sans personne a son propre client."
    if grants == {"refresh_token"}:
        yield "grants", "refresh_token va avec authorization_code."
    if "client_credentials" in grants and not {"secret_setting", "user_setting"} <= entry.keys():
        yield "grants", "client_credentials demande secret_setting et user_setting."
    if "client_credentials" not in grants and "user_setting" in entry:
        yield "user_setting", "user_setting ne sert qu’avec client_credentials."


def _wrong_scopes(entry: ClientEntry) -> Iterator[tuple[str, str]]:
    scopes, grants = set(entry["scopes"]), set(entry["grants"])
    allowed = PROGRAM_SCOPES if "client_credentials" in grants else PEOPLE_SCOPES
    if not scopes <= set(allowed):
        yield "scopes", f"les portées de ce client sont à choisir parmi : {', '.join(allowed)}."
    if ("offline_access" in scopes) != ("refresh_token" in grants):
        yield "scopes", "offline_access et refresh_token vont ensemble."


def _wrong_addresses(entry: ClientEntry, settings: Settings) -> Iterator[tuple[str, str]]:
    if ("authorization_code" in entry["grants"]) != bool(entry.get("redirect_uris")):
        yield "redirect_uris", "authorization_code et redirect_uris vont ensemble."
    for key in _ADDRESSES:
        for uri in entry.get(key, ()):
            if not is_declarable(uri.replace("{public_url}", settings.public_url), settings.public_url):
                yield (
                    key,
                    f"« {uri} » : une adresse https, http://127.0.0.1/… sans port, ou un schéma à soi "
                    "qui contient un point (RFC 8252), en minuscules, sans espace, fragment ni étoile ; un port de 1 "
                    "à 65535.",
                )


def _wrong_secret(entry: ClientEntry, settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.environment != "production":
        return
    name = entry.get("secret_setting")
    if name and len(settings.named(name)) < _SHORTEST_SECRET:
        yield "secret_setting", f"{name} manque ou compte moins de {_SHORTEST_SECRET} signes."
    name = entry.get("user_setting")
    if name and not settings.named(name):
        yield "user_setting", f"{name} manque : l’identifiant du compte au nom duquel ce programme agit."


def _wrong(file: _File, client_id: str, fault: str, key: str = "") -> SettingsError:
    return SettingsError(f"{file.name}, ligne {_line(file.text, client_id, key)}, client « {client_id} » : {fault}")


def _line(text: str, client_id: str, key: str) -> int:
    """Line of the key in the client's table, else of the table's heading; 1 if neither is found."""
    inside, heading = False, 1
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            inside = line.strip().strip("[]\"' ") == client_id
            heading = number if inside else heading
        elif inside and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return heading
