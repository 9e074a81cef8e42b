"""API: the description in OpenAPI 3.1, made of the routes, their parameters and the classes of the rows themselves."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tracker.api.asking import Parameter
from tracker.api.plain import Schema, described

View = TypeVar("View", bound=Callable[..., Any])
UUID_PART = re.compile(r"<uuid:(\w+)>")

ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request cannot be read."),
    401: ("unauthorized", "A token is needed that is in force: Authorization: Bearer …"),
    403: ("forbidden", "This is not for the role of the token's person."),
    404: ("not_found", "It does not exist, or it is not one of yours."),
    405: ("method_not_allowed", "Everything here is read with GET."),
    429: ("too_many_requests", "Too many requests. Wait as long as Retry-After says."),
    503: ("unavailable", "The program is not ready. Nothing was lost; try again in a few seconds."),
    500: ("failed", "Something went wrong. Nothing was changed."),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """What one address answers: rows of a class, in pages or one alone, and what may be asked of it."""

    row: type
    is_list: bool = True
    takes: tuple[Parameter[Any], ...] = ()


def tells(row: type, *takes: Parameter[Any], is_list: bool = True) -> Callable[[View], View]:
    """Mark a view with what it answers, for the description."""

    def mark(view: View) -> View:
        view.__resource__ = Resource(row, is_list, takes)  # type: ignore[attr-defined]
        return view

    return mark


def failure(status: int, message: str | None = None) -> dict[str, dict[str, str]]:
    """What a program is told when it cannot have something."""
    code, words = ERRORS.get(status, ERRORS[500])
    return {"error": {"code": code, "message": message or words}}


def document(title: str, address: str, routes: Iterable[tuple[str, Callable[..., Any]]]) -> dict[str, Any]:
    """The description of these (rule, view), served at `address`."""
    schemas: dict[str, Schema] = {"Error": _ERROR}
    paths = {UUID_PART.sub(r"{\1}", rule): {"get": _operation(rule, view, schemas)} for rule, view in sorted(routes)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": "1",
            "description": "Read-only. A token acts as its person, with the role and the clients they have at that moment.",
        },
        "servers": [{"url": address}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {_name(status): _failure_response(status) for status in ERRORS},
        },
    }


_ERROR: Schema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            "required": ["code", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}


def _operation(rule: str, view: Callable[..., Any], schemas: dict[str, Schema]) -> dict[str, Any]:
    resource: Resource = view.__resource__  # type: ignore[attr-defined]
    row = described(resource.row, schemas)
    ids = UUID_PART.findall(rule)
    statuses = [status for status in ERRORS if (status != 400 or resource.takes) and (status != 404 or ids)]
    content = {"application/json": {"schema": _listed(row) if resource.is_list else row}}
    return {
        "operationId": view.__name__,
        "summary": (view.__doc__ or "").splitlines()[0],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": _ID} for name in ids),
            *(
                {"name": one.name, "in": "query", "description": one.words, "schema": dict(one.schema)}
                for one in resource.takes
            ),
        ],
        "responses": {
            "200": {"description": "What the token's person may read.", "content": content},
            **{str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in statuses},
        },
    }


_ID: Schema = {"type": "string", "format": "uuid"}


def _listed(row: Schema) -> Schema:
    count = {"type": "integer", "minimum": 0}
    properties = {"rows": {"type": "array", "items": row}, "page": count, "pages": count, "total": count}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _name(status: int) -> str:
    return ERRORS[status][0]


def _failure_response(status: int) -> dict[str, Any]:
    headers = {405: "Allow", 401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
    response: dict[str, Any] = {
        "description": ERRORS[status][1],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    if status in headers:
        response["headers"] = {headers[status]: {"schema": {"type": "string"}}}
    return response
