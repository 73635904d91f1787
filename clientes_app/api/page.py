"""The description as its page shows it: references followed, schemas as rows, a curl command for each endpoint."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from .operations import TOKEN
from .shapes import Json


@dataclass(frozen=True)
class Field:
    """Something that a request takes or an answer carries."""

    name: str
    where: str
    """`path`, `query`, `header`, or nothing for the body."""
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Answer:
    """What a status means."""

    status: str
    phrase: str
    description: str
    fields: list[Field]
    example: str


@dataclass(frozen=True)
class Operation:
    """An endpoint with its method."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    takes: list[Field]
    answers: list[Answer]
    curl: str


def operations(document: Json, base_url: str) -> list[Operation]:
    """Return every endpoint of a description, with commands for the site at `base_url`."""
    return [
        _operation(document, base_url, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(document: Json, base_url: str, path: str, method: str, operation: Json) -> Operation:
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=gettext(operation["summary"]),
        description=gettext(operation["description"]),
        scope=_scope(operation),
        takes=[*_parameters(operation), *_body_fields(document, operation)],
        answers=[_answer(status, document, response) for status, response in operation["responses"].items()],
        curl=_curl(base_url, path, operation),
    )


def _scope(operation: Json) -> str:
    scopes = [scope for way in operation["security"] for scope in way.get(TOKEN, [])]
    return " ".join(scopes)


def _parameters(operation: Json) -> Iterator[Field]:
    for parameter in operation["parameters"]:
        yield Field(
            parameter["name"],
            parameter["in"],
            _kind(parameter["schema"]),
            parameter["required"],
            gettext(parameter["description"]),
        )


def _body_fields(document: Json, operation: Json) -> list[Field]:
    body = operation.get("requestBody")
    return _fields(document, body["content"]["application/json"]["schema"]) if body else []


def _fields(document: Json, schema: Json, within: str = "") -> list[Field]:
    """Return a row for each property of a schema, those of objects inside it included."""
    schema = _follow(document, schema)
    rows = []
    for name, value in schema.get("properties", {}).items():
        inside = _follow(document, value)
        said = gettext(inside["description"]) if "description" in inside else ""
        rows.append(Field(within + name, "", _kind(inside), name in schema.get("required", ()), said))
        rows += _fields(document, inside.get("items", {}), f"{within}{name}[].")
        rows += _fields(document, inside, f"{within}{name}.")
    return rows


def _answer(status: str, document: Json, response: Json) -> Answer:
    response = _follow(document, response)
    content = response["content"]["application/json"]
    fields = _fields(document, content["schema"]) if status.startswith("2") else []
    example = _pretty(content["example"]) if "example" in content else ""
    return Answer(status, HTTPStatus(int(status)).phrase, gettext(response["description"]), fields, example)


def _follow(document: Json, node: Json) -> Json:
    """Return what a reference stands for."""
    if "$ref" not in node:
        return node
    found: Any = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _kind(schema: Json) -> str:
    """Say in a few words what values a schema takes."""
    if "enum" in schema:
        return str(gettext("one of %(choices)s", choices=", ".join(schema["enum"])))
    kind = schema["type"]
    words = gettext(" or ").join(kind) if isinstance(kind, list) else str(kind)
    if "const" in schema:
        return f"{words}, {json.dumps(schema['const'])}"
    if "maxLength" in schema:
        return str(gettext("%(kind)s, at most %(most)s characters", kind=words, most=schema["maxLength"]))
    return words


def _curl(base_url: str, path: str, operation: Json) -> str:
    """Write a command for a shell in which TOKEN is set."""
    body = operation.get("requestBody")
    lines = [f"curl -sS {shlex.quote(base_url + _address(path, operation))}"]
    if _scope(operation):
        lines.append('-H "Authorization: Bearer $TOKEN"')
    lines += [f"-H {shlex.quote(header)}" for header in _headers(operation)]
    if body:
        example = json.dumps(body["content"]["application/json"]["example"], ensure_ascii=False)
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(example)}"]
    return " \\\n  ".join(lines)


def _address(path: str, operation: Json) -> str:
    values = {kind: _examples(operation, kind) for kind in ("path", "query")}
    query = urlencode(values["query"], doseq=True)
    return path.format(**values["path"]) + (f"?{query}" if query else "")


def _headers(operation: Json) -> list[str]:
    return [f"{name}: {value}" for name, value in _examples(operation, "header").items()]


def _examples(operation: Json, where: str) -> dict[str, Any]:
    asked = (each for each in operation["parameters"] if each["in"] == where and "example" in each)
    return {each["name"]: each["example"] for each in asked}


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
