"""What the JSON endpoints take and answer: the schemas of the description, each with its example."""

from __future__ import annotations

from ..models import ENDED, EstadoCampana, EstadoSMS, MotivoDePausa, TipoDeCampana
from ..values.text import translatable
from .shapes import Json, count, identifier, list_of, moment, one_of, ref, shape, text

_OTHER_MESSAGES = {
    EstadoSMS.PENDIENTE: translatable("Messages that wait to be sent."),
    EstadoSMS.ENVIANDO: translatable("Messages that are on their way to Twilio."),
    EstadoSMS.OMITIDO: translatable("Messages that are not sent, such as those to opt-outs."),
    EstadoSMS.INCIERTO: translatable("Messages of which nobody knows whether they arrived."),
    EstadoSMS.CANCELADO: translatable("Messages that were cancelled before they went out."),
}

_YES = {"type": "boolean", "const": True, "description": translatable("It was done.")}
_NO = {"type": "boolean", "const": False, "description": translatable("It was not done, and nothing changed.")}
_SUMS = {
    "total_clientes": count(translatable("Everybody who was chosen: the sum of all states.")),
    "enviados_exitosos": count(translatable("Messages that Twilio accepted.")),
    "enviados_fallidos": count(translatable("Messages that cannot be sent, or that Twilio refused.")),
}
_DETAILS = {
    "detalles": list_of(ref("Detalle"), translatable("An entry for each client, in the order of sending."))
    | {"maxItems": 1_000}
}
_MORE_DETAILS = {
    "detalles_url": text(translatable("Where the entries after these are; missing when these are the last."))
}
_HAS_HOUR = {
    "programada_para": moment(translatable("The hour of a scheduled campaign, with the UTC offset of the shop."))
}
_HAS_KIND = {
    "tipo": one_of(
        [kind.value for kind in TipoDeCampana],
        translatable("Its kind; missing where nobody said it, and nothing binds it."),
    )
}
_HELD = {
    "motivo_de_pausa": one_of(
        [reason.value for reason in MotivoDePausa],
        translatable(
            "Why it was paused at its hour: that had passed, its author may not send, who is meant cannot be found "
            "out, nobody is meant, its text has a placeholder that is gone, or it would have passed a limit."
        ),
    )
}
_WAITS = {
    "espera_hasta": moment(
        translatable(
            "When the campaign goes on by itself, with the UTC offset of the shop: it has used up the shop's limit of "
            "the day or of the month, or it is advertising and the lawful hours are closed. Missing where it does not "
            "wait, or nobody knows until when."
        )
    )
}
_OWN_FIELDS = {
    "type": "object",
    "description": translatable(
        "What the shop's own fields say of the client, by their keys; a field that says nothing is missing. Each is a "
        "text: a number with a decimal point, a date as 1990-05-17 or, without a year, --05-17, an option as the shop "
        "wrote it."
    ),
    "additionalProperties": {"type": "string"},
}
_GIVEN_OWN_FIELDS = {
    "type": "object",
    "description": translatable(
        "Values of the shop's own fields by their keys, written as in the answer or as people write them; of a number "
        "also the number. Null takes a value away, and what is left out stays. A key that there is not, or a value "
        "that does not fit its field, is refused, and nothing is changed."
    ),
    "additionalProperties": {"type": ["string", "number", "null"]},
}
_STARTED = {"campana_id": identifier(translatable("The campaign.")), **_SUMS, **_DETAILS}

_NEW_CLIENT: Json = {
    "type": "object",
    "required": ["nombre"],
    "properties": {
        "nombre": text(translatable("The client's name."), 150),
        "telefono": text(
            translatable(
                "As it is written in the country of the shop, or with +; of a long spelling a shorter is stored."
            )
        ),
        "documento": text(translatable("Number of the identity document."), 20),
        "activo": {
            "type": "boolean",
            "default": True,
            "description": translatable("Whether campaigns go to the client."),
        },
        "campos": _GIVEN_OWN_FIELDS,
    },
    "example": {"nombre": "Carlos Ruiz", "telefono": "3009876543", "documento": "123456789"},
}
_CLIENT = shape(
    {
        "id": identifier(translatable("The client.")),
        "nombre": text(translatable("The client's name.")),
        "telefono": text(
            translatable("As it was written; one that is longer than 20 characters, in a shorter spelling.")
        ),
        "documento": text(translatable("Number of the identity document.")),
        "activo": {"type": "boolean", "description": translatable("Whether campaigns go to the client.")},
        "creado": moment(translatable("With the UTC offset of the shop.")),
        "recibe_sms": {"type": "boolean", "description": translatable("Whether SMS may go to its number.")},
        "motivo_sin_sms": {
            "type": ["string", "null"],
            "description": translatable(
                "Why it gets none, in a few words in the caller's language; null where it gets them."
            ),
        },
        "campos": _OWN_FIELDS,
    }
)
_FOUND = shape(
    {
        "id": identifier(translatable("The client.")),
        "nombre": text(translatable("The client's name.")),
        "activo": {"type": "boolean", "description": translatable("Whether campaigns go to the client.")},
    }
)
_NEW_SALE: Json = {
    "type": "object",
    "required": ["total"],
    "properties": {
        "total": {
            "type": ["number", "string"],
            "description": translatable(
                "Pesos, with at most two decimals: a number, or a text such as 59900.50 or, as people write, 59.900. "
                "In a text three digits behind a point are thousands. At most 9999999999.99."
            ),
        },
        "concepto": text(translatable("What was sold."), 200),
        "fecha": moment(
            translatable("When, with an offset: not in the future, and at most twenty years ago. Without it, now.")
        ),
    },
    "example": {"total": "59900.00", "concepto": "Zapatos", "fecha": "2024-03-15T10:30:00-05:00"},
}
_SALE = shape(
    {
        "id": identifier(translatable("The sale.")),
        "cliente_id": identifier(translatable("The client.")),
        "total": text(translatable("Pesos, with two decimals.")),
        "concepto": text(translatable("What was sold.")),
        "fecha": moment(translatable("With the UTC offset of the shop.")),
    }
)
_TEMPLATE = shape(
    {
        "id": identifier(translatable("The template.")),
        "nombre": text(translatable("Its name.")),
        "mensaje": text(translatable("Its text; what stands in braces is filled in for each client.")),
    }
)
_NEW_CAMPAIGN: Json = {
    "type": "object",
    "required": ["cliente_ids", "mensaje"],
    "properties": {
        "cliente_ids": {
            **list_of(
                {"type": "integer", "minimum": 1}, translatable("Ids of clients; one that is repeated counts once.")
            ),
            "minItems": 1,
        },
        "mensaje": text(
            translatable(
                "The text; {nombre}, {primer_nombre}, {tienda}, {ultima_compra} and the keys of own fields are filled "
                "in for each client, and {talla|unknown} says what stands where there is nothing."
            ),
            1_600,
        ),
        "nombre_campana": text(translatable("A name for the campaign; without one it gets one."), 200),
        "programada_para": moment(translatable("When it is sent, with an offset; without it, at once.")),
        "tipo": one_of(
            [kind.value for kind in TipoDeCampana],
            translatable(
                "publicidad goes out in the lawful hours alone, and once a day to each person; servicio is strictly "
                "about what was bought. Without it nothing binds the campaign, but in a shop that has settled to keep "
                "the law always it is publicidad."
            ),
        ),
        "motivo_servicio": text(translatable("Why it is no advertising; needed with servicio, refused without."), 200),
    },
    "example": {
        "cliente_ids": [1, 2],
        "mensaje": "Hola {nombre}, aprovecha 20% de descuento este mes!",
        "nombre_campana": "Promoción Marzo 2024",
    },
}
_DETAIL = shape(
    {
        "cliente_id": {
            "type": ["integer", "null"],
            "description": translatable("The client; null when it has been deleted."),
        },
        "nombre": text(translatable("The client's name when the campaign was made.")),
        "estado": one_of([state.value for state in EstadoSMS], translatable("What is known of the message.")),
    },
    {
        "twilio_sid": text(translatable("What Twilio calls the message.")),
        "error": text(translatable("Why it was not sent, with Twilio's code where there is one.")),
    },
)
_STATE = shape(
    {
        "success": _YES,
        "estado": one_of([state.value for state in EstadoCampana], translatable("Where the campaign stands.")),
        **_SUMS,
        **{state.value: count(said) for state, said in _OTHER_MESSAGES.items()},
    },
    {**_HAS_KIND, **_WAITS, **_HAS_HOUR, **_HELD},
)
_ENDED_CAMPAIGN = shape(
    {
        "success": {"type": "boolean", "description": translatable("False where a fault stopped the whole campaign.")},
        "estado": one_of(sorted(state.value for state in ENDED), translatable("How it ended.")),
        **_STARTED,
    },
    {**_MORE_DETAILS, **_HAS_KIND, **_HAS_HOUR, "error": text(translatable("The fault that stopped the campaign."))},
)
_RUNNING_CAMPAIGN = shape(
    {
        "success": _YES,
        "estado": one_of(
            [EstadoCampana.PROCESANDO.value, EstadoCampana.POR_APROBAR.value, EstadoCampana.PROGRAMADO.value],
            translatable("It goes on by itself, or waits for an admin or for its hour: ask for its state."),
        ),
        **_STARTED,
        "progreso_url": text(translatable("A stream for browsers; programs ask for the campaign's state.")),
    },
    {**_MORE_DETAILS, **_HAS_KIND, **_WAITS, **_HAS_HOUR},
)
_ANSWER = shape(
    {
        "id": identifier(translatable("The answer.")),
        "telefono": text(translatable("Whose it is, with the country's code.")),
        "cliente_id": {
            "type": ["integer", "null"],
            "description": translatable("The first client with this number; null for none."),
        },
        "nombre": {"type": ["string", "null"], "description": translatable("The client's name.")},
        "campana_id": {
            "type": ["integer", "null"],
            "description": translatable("The campaign that last wrote to the number."),
        },
        "mensaje": text(translatable("What the person wrote; empty where only pictures came."), 1_600),
        "adjuntos": count(translatable("Pictures and other files that came with it; they stay at Twilio.")),
        "recibida": moment(translatable("With the UTC offset of the shop.")),
        "leida": {"type": "boolean", "description": translatable("Whether somebody of the shop said that it is read.")},
        "baja": {"type": "boolean", "description": translatable("Whether the number stands in the opt-outs now.")},
    }
)
_ERROR = shape({"success": _NO, "error": text(translatable("What is wrong, in a sentence in the caller's language."))})
_FIELD_ERRORS = shape(
    {
        "success": _NO,
        "errors": {
            "type": "object",
            "description": translatable("For each field that is wrong, what is wrong with it."),
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
        {
            "success": _YES,
            "clientes": list_of(ref("ClienteHallado"), translatable("By their ids.")) | {"maxItems": 1_000},
        },
        {"clientes_url": text(translatable("Where the clients after these are; missing when these are the last."))},
    ),
    "Plantilla": _TEMPLATE,
    "Plantillas": shape({"success": _YES, "plantillas": list_of(ref("Plantilla"), translatable("Newest first."))}),
    "VentaNueva": _NEW_SALE,
    "Venta": _SALE,
    "VentaRegistrada": shape({"success": _YES, "venta": ref("Venta")}),
    "CampanaNueva": _NEW_CAMPAIGN,
    "CampanaTerminada": _ENDED_CAMPAIGN,
    "CampanaEnCurso": _RUNNING_CAMPAIGN,
    "Estado": _STATE,
    "Detalle": _DETAIL,
    "Detalles": shape({"success": _YES, **_DETAILS}, _MORE_DETAILS),
    "Respuesta": _ANSWER,
    "Respuestas": shape(
        {"success": _YES, "respuestas": list_of(ref("Respuesta"), translatable("Oldest first.")) | {"maxItems": 1_000}},
        {"respuestas_url": text(translatable("Where the answers after these are; missing when these are the last."))},
    ),
    "Error": _ERROR,
    "ErroresDeCampos": _FIELD_ERRORS,
}
