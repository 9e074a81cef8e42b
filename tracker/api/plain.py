"""API: a frozen row as JSON, and its type as JSON Schema. The one place that decides how a value is written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from inspect import getdoc
from types import NoneType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from tracker.rulebook.types import Text

Schema = dict[str, Any]

# Of each type: how it is written, and how it is described. datetime before date, which it also is.
WRITERS: Mapping[type, tuple[Callable[[Any], Any], Schema]] = {
    Text: (
        lambda text: {"en": text.in_("en"), "fr": text.in_("fr")},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "fr": {"type": "string"}},
            "required": ["en", "fr"],
            "additionalProperties": False,
        },
    ),
    bool: (bool, {"type": "boolean"}),
    int: (int, {"type": "integer"}),
    StrEnum: (lambda member: member.value, {"type": "string"}),
    str: (str, {"type": "string"}),
    Decimal: (
        lambda amount: f"{amount:.2f}",
        {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "description": "CAD, with two decimals."},
    ),
    UUID: (str, {"type": "string", "format": "uuid"}),
    datetime: (
        lambda instant: instant.astimezone(UTC).isoformat(timespec="seconds"),
        {"type": "string", "format": "date-time"},
    ),
    date: (lambda day: day.isoformat(), {"type": "string", "format": "date"}),
}


def written(value: Any) -> Any:
    """A value as JSON has it. TypeError for a type that nobody decided on."""
    if value is None:
        return None
    if isinstance(value, tuple | list):
        return [written(item) for item in value]
    for kind, (write, _schema) in WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    if is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"no way to write {type(value).__name__}")


def text_of(content: Any) -> str:
    """What is sent: JSON, words as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def reference(row: type) -> Schema:
    """Where the description says what a row is."""
    return {"$ref": f"#/components/schemas/{row.__name__}"}


def described(row: type, into: dict[str, Schema]) -> Schema:
    """A reference to the schema of a row's class, which is put `into` the components with those it names."""
    if row.__name__ not in into:
        into[row.__name__] = {}  # named before it is whole, should one name itself
        hints = get_type_hints(row, include_extras=True)
        properties = {field.name: _schema(hints[field.name], into) for field in fields(row)}
        into[row.__name__] = {
            "type": "object",
            "description": getdoc(row) or "",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    return reference(row)


def _schema(hint: Any, into: dict[str, Schema]) -> Schema:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return {**_schema(parts[0], into), "description": parts[1]}
    if origin is tuple:
        return {"type": "array", "items": _schema(parts[0], into)}
    if origin is Union or NoneType in parts:
        (one,) = (part for part in parts if part is not NoneType)
        return _or_null(_schema(one, into))
    for kind, (_write, schema) in WRITERS.items():
        if issubclass(hint, kind):
            return {**schema, "enum": [m.value for m in hint]} if issubclass(hint, StrEnum) else dict(schema)
    return described(hint, into)


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {
        **schema,
        "type": [schema["type"], "null"],
        **({"enum": [*schema["enum"], None]} if "enum" in schema else {}),
    }
