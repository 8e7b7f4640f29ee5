"""`python -m tools.contract_types [--check]`: writes the Python types of the contracts.

For the portal, what each service takes and answers (its openapi.yaml); for the services listed, the same of their own
operations, and the events that they publish and consume (`events/*.json`).
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from tools.schema_types import Definition, Schema, Types, camel, in_order, merged, typing_names
from tools.workspace import ROOT, SERVICES

# Services whose handlers use these types.
WITH_EVENT_TYPES = ("declaration", "habilitation", "identity", "notification", "documents")
WITH_API_TYPES = ("declaration", "habilitation", "identity", "documents")
PORTAL = Path("gateway/portal/portal/api_types")
LONGEST = 400
_METHODS = ("get", "post", "put", "patch", "delete")


def modules() -> dict[Path, str]:
    """Source of each module, by its path in the repository."""
    found: dict[Path, str] = {PORTAL / "__init__.py": ""}
    for service in SERVICES:
        types, tags = _api_types(service, literals=True)
        found |= _api_modules(PORTAL / service, f"What the {service} service takes and answers", types, tags)
    for service in WITH_EVENT_TYPES:
        found |= _event_modules(service)
    for service in WITH_API_TYPES:
        types, tags = _api_types(service, literals=False)
        title = f"What the operations of {service} take and answer"
        found |= _api_modules(Path("services", service, service, "api_types"), title, types, tags)
    return found


def _api_modules(folder: Path, title: str, types: Types, tags: dict[str, set[str]]) -> dict[Path, str]:
    """One module; for a long document, one per tag and one for what several tags share."""
    ordered = in_order(types.definitions.values())
    whole = _module(title, ordered)
    if whole.count("\n") < LONGEST:
        return {folder.with_suffix(".py"): whole}
    homes = {name: _home(users) for name, users in _users(types.definitions, tags).items()}
    package, files = ".".join(folder.parts[2:]), sorted(set(homes.values()))
    inside = {home: [one for one in ordered if homes[one.name] == home] for home in files}
    sources = {folder / "__init__.py": ""}
    for home, definitions in inside.items():
        imported = {
            f"{package}.{other}": sorted(used for one in definitions for used in one.uses if homes.get(used) == other)
            for other in files
            if other != home
        }
        sources[folder / f"{home}.py"] = _module(f"{title}: {home.replace('_', ' ')}", definitions, imported)
    return sources


def _api_types(service: str, *, literals: bool) -> tuple[Types, dict[str, set[str]]]:
    """The types of a document; for each one that an operation names, the tags of these operations."""
    document = yaml.load((ROOT / "services" / service / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    types, tags = Types(document, literals=literals), dict[str, set[str]]()
    for name, operation in operations(document).items():
        before = set(types.definitions)
        for part, schema in _bodies(operation):
            expression = types.expression(schema, (name + part,))
            used = {expression} | (set(types.definitions) - before)
            for one in used & set(types.definitions):
                tags.setdefault(one, set()).update(operation.get("tags", ()))
    if problem := document["components"]["schemas"].get("Problem"):
        tags[types.add("Problem", problem)] = {"", "problem"}
    return types, tags


def operations(document: Schema) -> dict[str, Schema]:
    """By the name of the handler; by its room too, `RegistryListImports`, where several have one of that name."""
    found = [path[method] for path in document["paths"].values() for method in _METHODS if method in path]
    handlers = Counter(one["operationId"].rpartition(".")[2] for one in found)
    names = {}
    for one in found:
        *_service, room, _module, handler = one["operationId"].split(".")
        names[camel(f"{room}_{handler}" if handlers[handler] > 1 else handler)] = one
    return names


def _bodies(operation: Schema) -> Iterator[tuple[str, Schema]]:
    asked = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if asked:
        yield "Body", asked["schema"]
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if content and str(status).startswith("2"):
            yield "Answer", content["schema"]


def _users(definitions: dict[str, Definition], tags: dict[str, set[str]]) -> dict[str, set[str]]:
    """The tags that use each type, directly or through another."""
    users: dict[str, set[str]] = {name: set() for name in definitions}

    def mark(name: str, tag: str) -> None:
        if name in users and tag not in users[name]:
            users[name].add(tag)
            for used in definitions[name].uses:
                mark(used, tag)

    for name, found in tags.items():
        for tag in found:
            mark(name, tag)
    return users


def _home(tags: set[str]) -> str:
    return next(iter(tags)).replace(" ", "_") if len(tags) == 1 else "shared"


def event_schemas() -> dict[str, Schema]:
    """Every event of the five services, by type."""
    files = (file for service in SERVICES for file in sorted((ROOT / "services" / service / "events").glob("*.json")))
    schemas = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    return {schema["$id"].removeprefix("urn:bailleurs:event:"): schema for schema in schemas}


def _event_modules(service: str) -> dict[Path, str]:
    schemas = event_schemas()
    own = {file.stem for file in (ROOT / "services" / service / "events").glob("*.json")}
    definitions: dict[str, list[Definition]] = {"published": [], "consumed": []}
    for event_type in sorted(_named_in(service) & set(schemas)):
        side = "published" if event_type.partition(".")[2] in own else "consumed"
        definitions[side] += _event_definitions(event_type, schemas[event_type], literals=side == "consumed")
    return {
        Path("services", service, service, f"{side}_types.py"): _event_module(f"Events {side} by {service}", found)
        for side, found in definitions.items()
    }


def _event_module(title: str, definitions: list[Definition]) -> str:
    needed = ["Event"] + ["NoPersonal"] * any("NoPersonal" in one.uses for one in definitions)
    return _module(title, merged(definitions), {"chassis.events": needed})


def _named_in(service: str) -> set[str]:
    """Every text constant of the service's code: the types of its events are among them."""
    trees = [
        ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "services" / service / service).rglob("*.py")
    ]
    constants = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def _event_definitions(event_type: str, schema: Schema, *, literals: bool) -> list[Definition]:
    _publisher, fact, version = event_type.split(".")
    name = camel(fact) + ("" if version == "v1" else version.upper())
    types, parts = Types(schema, literals=literals), schema["properties"]
    data = types.add(f"{name}Data", parts["data"])
    personal = types.add(f"{name}Personal", parts["personal"]) if parts["personal"].get("properties") else "NoPersonal"
    alias = Definition(name, f"{name}: TypeAlias = Event[{data}, {personal}]")
    return [*in_order(types.definitions.values()), alias]


def _module(title: str, definitions: list[Definition], imported: dict[str, list[str]] | None = None) -> str:
    lines = [f'"""{title}. Generated by `python -m tools.contract_types`."""', ""]
    if names := typing_names(definitions):
        lines += [f"from typing import {', '.join(names)}", ""]
    for module, names in (imported or {}).items():
        if names:
            lines.append(f"from {module} import {', '.join(dict.fromkeys(names))}")
    # One blank line before an alias: the formatter adds those that a class needs.
    head = "\n".join(lines).rstrip()
    return _formatted("\n\n".join([head, *(one.source for one in definitions)]))


def _formatted(source: str) -> str:
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "format", "--quiet", "--stdin-filename", str(ROOT / "types.py"), "-"]
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def stale(written: dict[Path, str]) -> list[Path]:
    """What differs from the contracts, and what they no longer give."""
    different = [path for path, text in written.items() if not _is(ROOT / path, text)]
    folders = [PORTAL, *(Path("services", service, service, "api_types") for service in WITH_API_TYPES)]
    left = {file.relative_to(ROOT) for folder in folders for file in (ROOT / folder).rglob("*.py")} - set(written)
    return sorted({*different, *left})


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def main() -> int:
    written = modules()
    if "--check" in sys.argv[1:]:
        for path in (found := stale(written)):
            print(f"{path} is not what the contracts say: python -m tools.contract_types")
        return int(bool(found))
    for path in stale(written):
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        if path in written:
            (ROOT / path).write_text(written[path], encoding="utf-8")
        else:
            (ROOT / path).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
