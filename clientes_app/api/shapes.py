"""How schemas are written: objects, texts, counts, lists, and references to schemas that have a name."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def ref(name: str) -> Json:
    """Return a reference to a schema that has this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def shape(properties: Json, optional: Json | None = None) -> Json:
    """Return the schema of an object that has these properties, may have the optional ones, and has no other."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties | (optional or {}),
        "additionalProperties": False,
    }


def text(description: str, longest: int | None = None) -> Json:
    """Return the schema of a text."""
    return {"type": "string", "description": description} | ({"maxLength": longest} if longest else {})


def count(description: str) -> Json:
    """Return the schema of a number of things."""
    return {"type": "integer", "minimum": 0, "description": description}


def identifier(description: str) -> Json:
    """Return the schema of an id."""
    return {"type": "integer", "minimum": 1, "description": description}


def moment(description: str) -> Json:
    """Return the schema of a moment."""
    return {"type": "string", "format": "date-time", "description": description}


def one_of(values: list[str], description: str) -> Json:
    """Return the schema of a text that is one of some."""
    return {"type": "string", "enum": values, "description": description}


def list_of(items: Json, description: str) -> Json:
    """Return the schema of a list."""
    return {"type": "array", "items": items, "description": description}
