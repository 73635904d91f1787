"""The endpoints of the description."""

from __future__ import annotations

from ..models import Alcance
from ..values.text import translatable
from . import report_operations as reports
from .answers import answers, refuses, shared, wrong_input
from .parameters import FILTERS, parameter
from .schemas import SCHEMAS
from .shapes import Json, ref

TOKEN, SESSION, CSRF = "token", "session", "csrf"


def _reads(summary: str, description: str, responses: Json, *parameters: Json) -> Json:
    """Describe a GET."""
    security: list[Json] = [{TOKEN: [Alcance.READ.value]}, {SESSION: []}]
    return _operation(summary, description, security, responses, parameters)


def _writes(scope: Alcance, body: str, summary: str, description: str, responses: Json, *parameters: Json) -> Json:
    """Describe a POST that takes a JSON object."""
    security: list[Json] = [{TOKEN: [scope.value]}, {SESSION: [], CSRF: []}]
    content = {"application/json": {"schema": ref(body), "example": SCHEMAS[body]["example"]}}
    asked = {"requestBody": {"required": True, "content": content}}
    return _operation(summary, description, security, responses, parameters) | asked


def _operation(
    summary: str, description: str, security: list[Json], responses: Json, parameters: tuple[Json, ...]
) -> Json:
    return {
        "summary": summary,
        "description": description,
        "security": security,
        "parameters": list(parameters),
        "responses": dict(sorted(responses.items())),
    }


_CAMPAIGN = parameter("pk", "path", translatable("The campaign."), {"type": "integer", "minimum": 0}, 10)
_AFTER = parameter(
    "despues",
    "query",
    translatable("Only entries after this one; detalles_url carries it."),
    {"type": "integer", "minimum": 0},
    1000,
)
_AFTER_ANSWER = parameter(
    "despues", "query", translatable("Only answers after this one, by its id."), {"type": "integer", "minimum": 0}, 41
)
_PREFER = parameter(
    "Prefer", "header", translatable("respond-async: do not wait for the end."), {"type": "string"}, "respond-async"
)
_KEY = parameter(
    "Idempotency-Key",
    "header",
    translatable(
        "The same key with the same body, from the same person within 24 hours, gives the campaign that it gave before "
        "instead of a second one; with anything else it is refused."
    ),
    {"type": "string", "minLength": 1, "maxLength": 200},
    "promocion-marzo",
)

_CLIENT_OF_SALE = parameter("pk", "path", translatable("The client."), {"type": "integer", "minimum": 0}, 10)
_KEY_OF_SALE = parameter(
    "Idempotency-Key",
    "header",
    translatable(
        "The same key with the same body for the same client, from the same person within 24 hours, gives the sale "
        "that it gave before instead of a second one; with anything else it is refused."
    ),
    {"type": "string", "minLength": 1, "maxLength": 200},
    "caja-2-recibo-4711",
)

_DETAILS = [
    {"cliente_id": 1, "nombre": "Maria Gonzalez", "estado": "enviado", "twilio_sid": "SM1234567890abcdef"},
    {"cliente_id": 2, "nombre": "Carlos Ruiz", "estado": "fallido", "error": "El número no existe (21211)"},
]
_WAITING = [
    {"cliente_id": 1, "nombre": "Maria Gonzalez", "estado": "pendiente"},
    {"cliente_id": 2, "nombre": "Carlos Ruiz", "estado": "pendiente"},
]
_SUMS = {"total_clientes": 2, "enviados_exitosos": 1, "enviados_fallidos": 1}
_ENDED = {"success": True, "campana_id": 10, "estado": "completado", **_SUMS, "detalles": _DETAILS}
_RUNNING = {
    "success": True,
    "campana_id": 10,
    "estado": "procesando",
    "total_clientes": 2,
    "enviados_exitosos": 0,
    "enviados_fallidos": 0,
    "detalles": _WAITING,
    "progreso_url": "/clientes/campanas/10/progreso/",
}
_STATE = {
    "success": True,
    "estado": "completado",
    **_SUMS,
    "pendiente": 0,
    "enviando": 0,
    "omitido": 0,
    "incierto": 0,
    "cancelado": 0,
}
_CLIENT = {
    "id": 15,
    "nombre": "Carlos Ruiz",
    "telefono": "3009876543",
    "documento": "123456789",
    "activo": True,
    "creado": "2024-03-15T10:30:00-05:00",
    "recibe_sms": True,
    "motivo_sin_sms": None,
    "campos": {"cumpleanos": "--05-17", "talla": "M"},
}
_SALE = {
    "id": 41,
    "cliente_id": 10,
    "total": "59900.00",
    "concepto": "Zapatos",
    "fecha": "2024-03-15T10:30:00-05:00",
}
_ANSWER = {
    "id": 42,
    "telefono": "+573009876543",
    "cliente_id": 15,
    "nombre": "Carlos Ruiz",
    "campana_id": 10,
    "mensaje": "¿A qué hora abren mañana?",
    "adjuntos": 0,
    "recibida": "2024-03-15T10:32:00-05:00",
    "leida": False,
    "baja": False,
}
_FOUND = {"id": 15, "nombre": "Carlos Ruiz", "activo": True}
_TEMPLATE = {"id": 2, "nombre": "Recordatorio", "mensaje": "Hola {nombre}, te esperamos en nuestra tienda!"}

LIST_TEMPLATES = _reads(
    translatable("List the active templates"),
    translatable("The text of one may be the mensaje of a campaign."),
    {
        "200": answers(translatable("The templates."), "Plantillas", {"success": True, "plantillas": [_TEMPLATE]}),
        **shared(),
    },
)
FIND_CLIENTS = _reads(
    translatable("Find clients by filters"),
    translatable(
        "Everybody whom all of the filters mean, in the order of their ids, a thousand at a time; active ones, where "
        "estado is not said. Their ids may be the cliente_ids of a campaign. A filter that cannot be read, or that is "
        "not known, is refused. The shop's own fields are filters too, by their ids, such as 12: campo_12_contiene "
        "and campo_12_es of a text, campo_12_min and campo_12_max of a number, campo_12_desde, campo_12_hasta and "
        "campo_12_dias (in the next so many days, whatever the year) and campo_12_mes (1 to 12) of a date, "
        "campo_12_opcion, once or more, of options; no_ before the name asks for everybody else."
    ),
    {
        "200": answers(translatable("The clients."), "Clientes", {"success": True, "clientes": [_FOUND]}),
        "400": refuses(
            translatable("A filter cannot be read, or there is none with this name."),
            "Created from (creado_desde): “29/11/2026” cannot be read. A day is written like 2026-11-29.",
        ),
        **shared(),
    },
    *FILTERS,
)
CREATE_CLIENT = _writes(
    Alcance.CLIENTS,
    "ClienteNuevo",
    translatable("Create a client"),
    translatable(
        "A telephone that gets no SMS is kept as it is, and no message goes to it: "
        "recibe_sms and motivo_sin_sms say so."
    ),
    {
        "200": answers(translatable("The client was created."), "ClienteCreado", {"success": True, "cliente": _CLIENT}),
        "400": wrong_input("nombre", "This field is required."),
        **shared(413),
    },
)
RECORD_SALE = _writes(
    Alcance.SALES,
    "VentaNueva",
    translatable("Record a sale to a client"),
    translatable("It counts at once in what the client has bought, and in the filters that ask for it."),
    {
        "200": answers(translatable("The sale."), "VentaRegistrada", {"success": True, "venta": _SALE}),
        "400": wrong_input("total", "This field is required."),
        "409": refuses(
            translatable("The client's data was erased."),
            "This client's data was erased. It can no longer be changed.",
        ),
        "422": refuses(
            translatable(
                "The Idempotency-Key came before with another sale, or from another person. Nothing is recorded."
            ),
            "This Idempotency-Key was sent before with another request, or by another person. Nothing is recorded.",
        ),
        **shared(404, 413),
    },
    _CLIENT_OF_SALE,
    _KEY_OF_SALE,
)
SEND = _writes(
    Alcance.SEND,
    "CampanaNueva",
    translatable("Send a campaign"),
    translatable(
        "It is stored whole, then sent. The request waits for the end as long as the server is set to (25 seconds), "
        "unless it prefers not to, or the campaign must wait for a limit of the shop or for the lawful hours. Clients "
        "without a usable number, inactive ones, opt-outs and repeated numbers are not sent to; each has its entry "
        "with the reason. With programada_para it is sent at that hour, and the answer comes at once: 202."
    ),
    {
        "200": answers(translatable("It has ended."), "CampanaTerminada", _ENDED),
        "202": answers(
            translatable("It is on its way, or waits: espera_hasta says until when."), "CampanaEnCurso", _RUNNING
        ),
        "400": wrong_input("mensaje", "This field is required."),
        "409": refuses(
            translatable("It would pass a limit of the shop, or clients changed at this moment."),
            "Some of these clients have just changed. Try again.",
        ),
        "422": refuses(
            translatable("The Idempotency-Key came before with another body, or from another person. Nothing is sent."),
            "This Idempotency-Key was sent before with another request, or by another person. Nothing is sent.",
        ),
        "503": refuses(translatable("Twilio is not set up."), "Twilio is not set up. Missing: TWILIO_AUTH_TOKEN."),
        **shared(413),
    },
    _PREFER,
    _KEY,
)
STATE = _reads(
    translatable("How far a campaign is"),
    translatable("The rows by state; each client of the campaign stands in exactly one of them."),
    {"200": answers(translatable("As it is at this moment."), "Estado", _STATE), **shared(404)},
    _CAMPAIGN,
)
DETAILS = _reads(
    translatable("What became of each client of a campaign"),
    translatable("A thousand entries at a time, in the order of sending."),
    {"200": answers(translatable("The entries."), "Detalles", {"success": True, "detalles": _DETAILS}), **shared(404)},
    _CAMPAIGN,
    _AFTER,
)
ANSWERS = _reads(
    translatable("What people wrote back"),
    translatable(
        "A thousand answers at a time, in the order in which they came: ask from time to time for those after the last "
        "one that you have. Who answers STOP or BAJA is opted out by that, and stands in no answer."
    ),
    {
        "200": answers(translatable("The answers."), "Respuestas", {"success": True, "respuestas": [_ANSWER]}),
        **shared(),
    },
    _AFTER_ANSWER,
)
DESCRIPTION: Json = {
    "summary": translatable("This description"),
    "description": translatable("The whole of it as an OpenAPI document. It needs no token."),
    "security": [{}],
    "parameters": [],
    "responses": {
        "200": {
            "description": translatable("The document."),
            "content": {"application/json": {"schema": {"type": "object", "required": ["openapi", "info", "paths"]}}},
        },
        **{status: response for status, response in shared().items() if status != "403"},
    },
}

PATHS: Json = {
    "/clientes/plantillas-sms/": {"get": {"operationId": "listTemplates", **LIST_TEMPLATES}},
    "/clientes/buscar/": {"get": {"operationId": "findClients", **FIND_CLIENTS}},
    "/clientes/crear/ajax/": {"post": {"operationId": "createClient", **CREATE_CLIENT}},
    "/clientes/{pk}/ventas/": {"post": {"operationId": "recordSale", **RECORD_SALE}},
    "/clientes/enviar-sms/": {"post": {"operationId": "sendSms", **SEND}},
    "/clientes/campanas/{pk}/estado/": {"get": {"operationId": "campaignState", **STATE}},
    "/clientes/campanas/{pk}/detalles/": {"get": {"operationId": "campaignDetails", **DETAILS}},
    "/clientes/respuestas-sms/": {"get": {"operationId": "listAnswers", **ANSWERS}},
    "/api/informes/mes/{mes}/": {"get": {"operationId": "monthReport", **_reads(*reports.MONTH)}},
    "/api/informes/campana/{pk}/": {"get": {"operationId": "campaignReport", **_reads(*reports.CAMPAIGN)}},
    "/api/informes/clientes/": {"get": {"operationId": "clientsReport", **_reads(*reports.CLIENTS)}},
    "/api/informes/cuando/": {"get": {"operationId": "hoursReport", **_reads(*reports.HOURS)}},
    "/api/openapi.json": {"get": {"operationId": "describeApi", **DESCRIPTION}},
}
