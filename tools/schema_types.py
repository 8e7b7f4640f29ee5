"""Python types of what a JSON Schema describes: a TypedDict per object, an alias for each other named schema."""

from __future__ import annotations

import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# JSON Schema and OpenAPI, read keyword by keyword.
Schema = Mapping[str, Any]
# Where an object is written: `("Transmitted", "Snapshot", "Rent")`; joined, the name of its type.
Place = tuple[str, ...]
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_TYPING = ("Literal", "NotRequired", "TypeAlias", "TypedDict")
_WORD = re.compile(r"\b[A-Z]\w*")


@dataclass(frozen=True)
class Definition:
    """One class or alias. `part`: its name inside the object that contains it; empty for what has a name of its own."""

    name: str
    source: str
    part: str = ""

    @property
    def uses(self) -> frozenset[str]:
        """The names of other types in it."""
        return frozenset(_WORD.findall(re.sub(r"(['\"]).*?\1", "", self.source))) - {self.name, *_TYPING}

    def renamed(self, names: Mapping[str, str]) -> Definition:
        source = _WORD.sub(lambda word: names.get(word[0], word[0]), self.source)
        return Definition(names.get(self.name, self.name), source, self.part)


@dataclass
class Types:
    """The definitions of one document.

    `literals`: an enumeration becomes a Literal, for the reader; a publisher, whose values come from its own enums and
    tables and are checked against the schema at run time, gets `str`.
    """

    document: Schema
    literals: bool = True
    definitions: dict[str, Definition] = field(default_factory=dict)
    _schemas: dict[str, Schema] = field(default_factory=dict)

    def add(self, name: str, schema: Schema) -> str:
        """Defines `name`, and returns it."""
        if schema.get("type", "object") == "object" and "properties" in schema:
            self._define_object((name,), schema)
        elif name not in self.definitions:
            self.definitions[name] = Definition(name, f"{name}: TypeAlias = {self.expression(schema, (name,))}")
        return name

    def expression(self, schema: Schema, place: Place) -> str:
        """The annotation for a schema; objects written in it are defined by their place."""
        if "$ref" in schema:
            return self._referenced(schema["$ref"])
        for union in ("oneOf", "anyOf"):
            if union in schema:
                return _joined(self.expression(one, place) for one in schema[union])
        if "enum" in schema or "const" in schema:
            return self._enumeration(schema.get("enum", [schema.get("const")]))
        kinds = schema.get("type", "object" if "properties" in schema else [])
        parts = [self._of_kind(kind, schema, place) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
        return _joined(parts) or "object"

    def _of_kind(self, kind: str, schema: Schema, place: Place) -> str:
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind == "array":
            return f"list[{self.expression(schema.get('items', {}), _singular(place))}]"
        if "properties" in schema:
            return self._define_object(place, schema)
        values = schema.get("additionalProperties")
        return f"dict[str, {self.expression(values, (*place, 'Value')) if isinstance(values, dict) else 'object'}]"

    def _enumeration(self, members: list[Any]) -> str:
        if self.literals:
            return f"Literal[{', '.join(repr(member) for member in members)}]"
        return _joined({bool: "bool", int: "int", str: "str"}.get(type(member), "None") for member in members)

    def _referenced(self, pointer: str) -> str:
        """A schema has a name of its own; a part of one, the name of its place."""
        place: Place = ()
        target, before = self.document, ""
        steps = pointer.removeprefix("#/").split("/")
        for step in steps:
            target = target[step]
            if before in ("schemas", "properties"):
                place = (*place, camel(step))
            elif step == "items":
                place = _singular(place)
            before = step
        return self.add(place[0], target) if steps[-2] == "schemas" else self.expression(target, place)

    def _define_object(self, place: Place, schema: Schema) -> str:
        name, part = "".join(place), "".join(place[1:])
        if self._schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two different objects would be called {name}")
        if name in self.definitions:
            return name
        # Before its fields, one of which may be of this very type.
        self.definitions[name] = Definition(name, "")
        required = schema.get("required", ())
        fields = {}
        for key, value in schema["properties"].items():
            annotation = self.expression(value, (*place, camel(key)))
            fields[key] = annotation if key in required else f"NotRequired[{annotation}]"
        if all(key.isidentifier() and not keyword.iskeyword(key) for key in fields):
            lines = [f"    {key}: {annotation}" for key, annotation in fields.items()]
            source = "\n".join([f"class {name}(TypedDict):", *(lines or ["    pass"])])
        else:
            pairs = ", ".join(f'"{key}": {annotation}' for key, annotation in fields.items())
            source = f'{name} = TypedDict("{name}", {{{pairs}}})'
        self.definitions[name] = Definition(name, source, part)
        return name


def in_order(definitions: Iterable[Definition]) -> list[Definition]:
    """What another uses comes first: an alias is evaluated where it stands."""
    named = {one.name: one for one in definitions}
    ordered: dict[str, Definition] = {}

    def place(name: str) -> None:
        if name not in ordered and name in named:
            for used in sorted(named[name].uses):
                place(used)
            ordered[name] = named[name]

    for name in named:
        place(name)
    return list(ordered.values())


def merged(definitions: list[Definition]) -> list[Definition]:
    """Parts of several objects that are called alike and are alike become one type, with the short name."""
    while names := _shorter(definitions):
        definitions = list({one.name: one for one in (known.renamed(names) for known in definitions)}.values())
    return in_order(definitions)


def _shorter(definitions: list[Definition]) -> dict[str, str]:
    """The short name goes to the form that most of the parts called alike have."""
    forms: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in definitions:
        if one.part:
            forms[one.part][one.renamed({one.name: one.part}).source].append(one.name)
    taken = {one.name for one in definitions}
    free = {part: max(names.values(), key=len) for part, names in forms.items() if part not in taken}
    return {name: part for part, names in free.items() for name in names}


def typing_names(definitions: list[Definition]) -> list[str]:
    """What the module imports of `typing`."""
    sources = "\n".join(definition.source for definition in definitions)
    return [name for name in _TYPING if re.search(rf"\b{name}\b", sources)]


def camel(name: str) -> str:
    """`lot_id` → `LotId`; the name of a schema stays as it is."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_\- ]", name))


def _singular(place: Place) -> Place:
    """`Passages` → `Passage`; what has no plural in -s gets `Item`."""
    *above, last = place
    return (*above, last[:-1] if last.endswith("s") and not last.endswith("ss") else f"{last}Item")


def _joined(parts: Iterable[str]) -> str:
    """A union without repetition, None last."""
    found = dict.fromkeys(part for text in parts for part in (text.split(" | ") if "[" not in text else [text]))
    return " | ".join(sorted(found, key=lambda part: part == "None"))
