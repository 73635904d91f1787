"""What the JSON endpoints take and answer: the schemas of the description, each with its example."""

from __future__ import annotations

from typing import Any

from ..models import ENDED, EstadoCampana, EstadoSMS

Json = dict[str, Any]

_OUTCOMES = {EstadoSMS.ENVIADO: "enviados_exitosos", EstadoSMS.FALLIDO: "enviados_fallidos"}


def ref(name: str) -> Json:
    """Return a reference to a schema of this module."""
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


def one_of(values: list[str], description: str) -> Json:
    """Return the schema of a text that is one of some."""
    return {"type": "string", "enum": values, "description": description}


def list_of(items: Json, description: str) -> Json:
    """Return the schema of a list."""
    return {"type": "array", "items": items, "description": description}


_YES = {"type": "boolean", "const": True, "description": "It was done."}
_NO = {"type": "boolean", "const": False, "description": "It was not done, and nothing changed."}
_SUMS = {
    "total_clientes": count("Everybody who was chosen: the sum of all states."),
    "enviados_exitosos": count("Messages that Twilio accepted."),
    "enviados_fallidos": count("Messages that cannot be sent, or that Twilio refused."),
}
_DETAILS = {
    "detalles": list_of(ref("Detalle"), "An entry for each client, in the order of sending.") | {"maxItems": 1_000}
}
_MORE_DETAILS = {"detalles_url": text("Where the entries after these are; missing when these are the last.")}
_WAITS = {
    "espera_hasta": {
        "type": "string",
        "format": "date-time",
        "description": "When the campaign goes on by itself, with the UTC offset of the shop: it has used up the "
        "shop's limit of the day, or of the month. Missing where it does not wait, or nobody knows until when.",
    }
}
_STARTED = {"campana_id": identifier("The campaign."), **_SUMS, **_DETAILS}

_NEW_CLIENT: Json = {
    "type": "object",
    "required": ["nombre"],
    "properties": {
        "nombre": text("The client's name.", 150),
        "telefono": text(
            "As it is written in the country of the shop, or with +; of a long spelling a shorter is stored."
        ),
        "documento": text("Number of the identity document.", 20),
        "activo": {"type": "boolean", "default": True, "description": "Whether campaigns go to the client."},
    },
    "example": {"nombre": "Carlos Ruiz", "telefono": "3009876543", "documento": "123456789"},
}
_CLIENT = shape(
    {
        "id": identifier("The client."),
        "nombre": text("The client's name."),
        "telefono": text("As it was written; one that is longer than 20 characters, in a shorter spelling."),
        "documento": text("Number of the identity document."),
        "activo": {"type": "boolean", "description": "Whether campaigns go to the client."},
        "creado": {"type": "string", "format": "date-time", "description": "With the UTC offset of the shop."},
        "recibe_sms": {"type": "boolean", "description": "Whether the number is one that gets SMS."},
        "motivo_sin_sms": {
            "type": ["string", "null"],
            "description": "Why it gets none, in a few words in the caller's language; null where it gets them.",
        },
    }
)
_FOUND = shape(
    {
        "id": identifier("The client."),
        "nombre": text("The client's name."),
        "activo": {"type": "boolean", "description": "Whether campaigns go to the client."},
    }
)
_TEMPLATE = shape(
    {
        "id": identifier("The template."),
        "nombre": text("Its name."),
        "mensaje": text("Its text; {nombre} stands for the client's name."),
    }
)
_NEW_CAMPAIGN: Json = {
    "type": "object",
    "required": ["cliente_ids", "mensaje"],
    "properties": {
        "cliente_ids": {
            **list_of({"type": "integer", "minimum": 1}, "Ids of clients; one that is repeated counts once."),
            "minItems": 1,
        },
        "mensaje": text("The text; {nombre} stands for the client's name.", 1_600),
        "nombre_campana": text("A name for the campaign; without one it gets one.", 200),
    },
    "example": {
        "cliente_ids": [1, 2],
        "mensaje": "Hola {nombre}, aprovecha 20% de descuento este mes!",
        "nombre_campana": "Promoción Marzo 2024",
    },
}
_DETAIL = shape(
    {
        "cliente_id": {"type": ["integer", "null"], "description": "The client; null when it has been deleted."},
        "nombre": text("The client's name when the campaign was made."),
        "estado": one_of([state.value for state in EstadoSMS], "What is known of the message."),
    },
    {
        "twilio_sid": text("What Twilio calls the message."),
        "error": text("Why it was not sent, with Twilio's code where there is one."),
    },
)
_STATE = shape(
    {
        "success": _YES,
        "estado": one_of([state.value for state in EstadoCampana], "Where the campaign stands."),
        **_SUMS,
        **{state.value: count(f"Messages that are {state.value}.") for state in EstadoSMS if state not in _OUTCOMES},
    },
    _WAITS,
)
_ENDED_CAMPAIGN = shape(
    {
        "success": {"type": "boolean", "description": "False where a fault stopped the whole campaign."},
        "estado": one_of(sorted(state.value for state in ENDED), "How it ended."),
        **_STARTED,
    },
    {**_MORE_DETAILS, "error": text("The fault that stopped the campaign.")},
)
_RUNNING_CAMPAIGN = shape(
    {
        "success": _YES,
        "estado": one_of(
            [EstadoCampana.PROCESANDO.value, EstadoCampana.POR_APROBAR.value],
            "It goes on by itself, or waits until an admin approves it: ask for its state.",
        ),
        **_STARTED,
        "progreso_url": text("A stream for browsers; programs ask for the campaign's state."),
    },
    {**_MORE_DETAILS, **_WAITS},
)
_ANSWER = shape(
    {
        "id": identifier("The answer."),
        "telefono": text("Whose it is, with the country's code."),
        "cliente_id": {"type": ["integer", "null"], "description": "The first client with this number; null for none."},
        "nombre": {"type": ["string", "null"], "description": "The client's name."},
        "campana_id": {"type": ["integer", "null"], "description": "The campaign that last wrote to the number."},
        "mensaje": text("What the person wrote; empty where only pictures came.", 1_600),
        "adjuntos": count("Pictures and other files that came with it; they stay at Twilio."),
        "recibida": {"type": "string", "format": "date-time", "description": "With the UTC offset of the shop."},
        "leida": {"type": "boolean", "description": "Whether somebody of the shop said that it is read."},
        "baja": {"type": "boolean", "description": "Whether the number stands in the opt-outs now."},
    }
)
_ERROR = shape({"success": _NO, "error": text("What is wrong, in a sentence in the caller's language.")})
_FIELD_ERRORS = shape(
    {
        "success": _NO,
        "errors": {
            "type": "object",
            "description": "For each field that is wrong, what is wrong with it.",
            "additionalProperties": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        },
    }
)

SCHEMAS: Json = {
    "ClienteNuevo": _NEW_CLIENT,
    "Cliente": _CLIENT,
    "ClienteCreado": shape({"success": _YES, "cliente": ref("Cliente")}),
    "ClienteHallado": _FOUND,
    "Clientes": shape(
        {"success": _YES, "clientes": list_of(ref("ClienteHallado"), "By their ids.") | {"maxItems": 1_000}},
        {"clientes_url": text("Where the clients after these are; missing when these are the last.")},
    ),
    "Plantilla": _TEMPLATE,
    "Plantillas": shape({"success": _YES, "plantillas": list_of(ref("Plantilla"), "Newest first.")}),
    "CampanaNueva": _NEW_CAMPAIGN,
    "CampanaTerminada": _ENDED_CAMPAIGN,
    "CampanaEnCurso": _RUNNING_CAMPAIGN,
    "Estado": _STATE,
    "Detalle": _DETAIL,
    "Detalles": shape({"success": _YES, **_DETAILS}, _MORE_DETAILS),
    "Respuesta": _ANSWER,
    "Respuestas": shape(
        {"success": _YES, "respuestas": list_of(ref("Respuesta"), "Oldest first.") | {"maxItems": 1_000}},
        {"respuestas_url": text("Where the answers after these are; missing when these are the last.")},
    ),
    "Error": _ERROR,
    "ErroresDeCampos": _FIELD_ERRORS,
}
