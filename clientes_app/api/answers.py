"""The answers of the description: those that endpoints share, and how an endpoint's own are written."""

from __future__ import annotations

from typing import Any

from ..values.text import translatable
from .shapes import Json, ref


def answers(description: str, schema: str, example: Any) -> Json:
    """Return a response that carries JSON of this schema."""
    return {
        "description": description,
        "content": {"application/json": {"schema": ref(schema), "example": example}},
    }


def refuses(description: str, error: str, **more: Any) -> Json:
    """Return a response that says in a sentence why nothing was done."""
    return answers(description, "Error", {"success": False, "error": error}) | more


_CHALLENGE = {
    "WWW-Authenticate": {
        "description": translatable("Bearer, and for a token what is wrong with it."),
        "required": True,
        "schema": {"type": "string"},
    }
}
_WAIT = {
    "Retry-After": {"description": translatable("Seconds to wait."), "required": True, "schema": {"type": "string"}}
}

# What each status says wherever it is answered.
SHARED: Json = {
    "401": refuses(
        translatable("No token, one that is unknown, revoked, or whose maker may not log in; or no session."),
        "This token is not valid: it is unknown or revoked.",
        headers=_CHALLENGE,
    ),
    "403": refuses(
        translatable("The token lacks the scope, or the person of the session the right."),
        "This needs a token with the scope send.",
    ),
    "404": refuses(translatable("There is none in this shop."), "This does not exist, or no longer does."),
    "413": refuses(
        translatable("The body is larger than 2 MB."),
        "Too much at once. Send at most 1 MB at a time, 2 MB as JSON, or 100 MB as a list to import.",
    ),
    "429": refuses(
        translatable("Too many requests with tokens that are not valid came from this address."),
        "Too many requests with a token that is not valid. Wait a minute.",
        headers=_WAIT,
    ),
    "500": refuses(translatable("Something broke on the server; it is noted there."), "Something broke."),
}


def shared(*statuses: int) -> Json:
    """Return references to shared responses: these, and those that every endpoint has."""
    everywhere = {401, 403, 429, 500}
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted({*statuses, *everywhere})}


def wrong_input(field: str, problem: str) -> Json:
    """Return the response to a body that will not do: fields that are wrong, or a sentence about the whole."""
    return {
        "description": translatable(
            "Fields are wrong, or the body as a whole; or a session's request lacks its CSRF token."
        ),
        "content": {
            "application/json": {
                "schema": {"oneOf": [ref("ErroresDeCampos"), ref("Error")]},
                "example": {"success": False, "errors": {field: [problem]}},
            }
        },
    }
