"""The endpoints of reports, and the schemas of what they answer."""

from __future__ import annotations

from ..values.text import translatable
from .answers import answers, refuses, shared
from .parameters import parameter
from .report_examples import A_CAMPAIGN, A_MONTH, ENDS, SOME_CLIENTS, SOME_HOURS
from .shapes import Json, count, identifier, list_of, one_of, ref, shape, text


def _amount(description: str) -> Json:
    return {"type": "string", "pattern": r"^\d+\.\d{2}$", "description": description}


def _or_null(schema: Json) -> Json:
    return schema | {"type": [schema["type"], "null"]}


_MONTH_NAME = {"type": "string", "pattern": r"^\d{4}-\d{2}$", "description": translatable("A month of the shop.")}
_DAYS = count(translatable("So many days after a message a purchase counts, as the shop has settled."))
_MONEY = {
    "costo": _or_null(
        _amount(
            translatable(
                "What the messages cost, in pesos, by the prices they were stored with; null where there were none."
            )
        )
    ),
    "mensajes_cobrados": count(translatable("Messages that cost something: Twilio accepted them, or may have.")),
    "mensajes_con_costo": count(translatable("Those of which the cost is known: the shop had prices.")),
    "compras": count(translatable("Sales that came after a message; each counts once, for the last one before it.")),
    "compradores": count(translatable("The clients of these sales.")),
    "pesos": _amount(translatable("What these sales come to.")),
    "pesos_por_peso": _or_null(
        _amount(translatable("Pesos bought for each peso spent; null where nothing was, or not all of it is known."))
    ),
}
_REASON = shape(
    {
        "tipo": one_of(
            ["fallidos", "no_entregados", "omitidos"],
            translatable("Refused by Twilio, accepted and not delivered, or never tried."),
        ),
        "codigo": _or_null(count(translatable("Twilio's code; null where there is none."))),
        "motivo": text(translatable("The reason in a sentence, in the caller's language.")),
        "que_hacer": text(translatable("What somebody can do about it.")),
        "mensajes": count(translatable("How many messages did not arrive for it.")),
    }
)
_REASONS = list_of(ref("Motivo"), translatable("The most frequent first."))
_ENDS: Json = {
    "type": "object",
    "description": translatable("How many messages came to each end; each message is in one, so they add up."),
    "propertyNames": {"enum": ENDS},
    "additionalProperties": {"type": "integer", "minimum": 0},
}
_FIGURES = shape(
    {
        "mensajes": count(translatable("Messages that Twilio accepted.")),
        "entregados": count(translatable("Those that reached the phone.")),
        "no_llegaron": count(translatable("Those that were refused or not delivered.")),
        "finales": _ENDS,
        **_MONEY,
        "bajas": count(translatable("Numbers that opted out in that month and still are in the list.")),
    }
)
_SENT_AND_DELIVERED = {
    "enviados": count(translatable("Messages that Twilio accepted.")),
    "entregados": count(translatable("Those that reached the phone.")),
}
_YES = {"type": "boolean", "const": True, "description": translatable("It was done.")}

SCHEMAS: Json = {
    "Motivo": _REASON,
    "CifrasDelMes": _FIGURES,
    "InformeDelMes": shape(
        {
            "success": _YES,
            "mes": _MONTH_NAME,
            "dias": _DAYS,
            "cifras": ref("CifrasDelMes"),
            "mes_anterior": ref("CifrasDelMes"),
            "mes_anterior_a_esta_altura": _or_null(_FIGURES),
            "motivos": _REASONS,
            "campanas": list_of(
                shape(
                    {
                        "id": identifier(translatable("The campaign.")),
                        "nombre": text(translatable("Its name.")),
                        "mensajes": count(translatable("Messages of that month that Twilio accepted.")),
                        **_MONEY,
                    }
                ),
                translatable("The twenty after whose messages most was bought, the first of them first."),
            ),
        }
    ),
    "InformeDeCampana": shape(
        {
            "success": _YES,
            "id": identifier(translatable("The campaign.")),
            "nombre": text(translatable("Its name.")),
            "dias": _DAYS,
            "elegidos": count(translatable("Everybody who was chosen.")),
            **_SENT_AND_DELIVERED,
            "finales": _ENDS,
            **_MONEY,
            "motivos": _REASONS,
            "curso": list_of(
                shape(
                    {
                        "desde": {
                            "type": "string",
                            "format": "date-time",
                            "description": translatable("When this part begins, with the UTC offset of the shop."),
                        },
                        **_SENT_AND_DELIVERED,
                    }
                ),
                translatable(
                    "What went out and arrived, by whole hours of the shop's clock, or more of them at a time."
                ),
            ),
        }
    ),
    "InformeDeClientes": shape(
        {
            "success": _YES,
            "activos": count(translatable("Active clients.")),
            "sin_compras": count(translatable("Active clients who never bought.")),
            "grupos": list_of(
                shape(
                    {
                        "dias_desde": count(translatable("They bought last at least so many days ago.")),
                        "dias_hasta": _or_null(count(translatable("And at most so many; null: however many."))),
                        "compras_min": count(translatable("They bought at least so many times.")),
                        "compras_max": _or_null(count(translatable("And at most so many; null: however many."))),
                        "clientes": count(translatable("Active clients of whom both are true.")),
                        "filtros": {
                            "type": "object",
                            "description": translatable("The filters that find them, by their names in an address."),
                            "additionalProperties": {"type": "string"},
                        },
                    }
                ),
                translatable("Active clients by their last purchase and how often they bought."),
            ),
            "sin_mensajes": shape(
                {
                    "inactivos": count(translatable("Inactive clients.")),
                    "sin_numero": count(translatable("Active ones without a usable number.")),
                    "baja": count(translatable("Active ones who opted out.")),
                    "ultimos_no_llegaron": count(translatable("Active ones whose last messages did not arrive.")),
                    "nunca_escritos": count(translatable("Active ones who could get a message and never did.")),
                }
            ),
            "meses": list_of(
                shape(
                    {
                        "mes": _MONTH_NAME,
                        "clientes_nuevos": count(translatable("Who became a client in it.")),
                        "bajas": count(translatable("Numbers that opted out in that month and still are in the list.")),
                    }
                ),
                translatable("Twelve months, the latest first."),
            ),
        }
    ),
    "InformeDeHoras": shape(
        {
            "success": _YES,
            "desde": {"type": "string", "format": "date", "description": translatable("The first day counted.")},
            "hasta": {"type": "string", "format": "date", "description": translatable("The last day counted.")},
            "ventas": list_of(
                list_of(count(translatable("Sales in an hour.")), translatable("The hours of a day, from 0 to 23.")),
                translatable("The days of a week, Monday first, by the shop's clock."),
            ),
            "sin_hora": count(translatable("Sales that say no hour; they are not counted.")),
            "mejor": _or_null(
                shape(
                    {
                        "dia": count(translatable("The day of the week; Monday is 0.")),
                        "hora": count(translatable("The hour of that day.")),
                    }
                )
            )
            | {"description": translatable("When most is bought; null where there are too few sales to say.")},
        }
    ),
}

_FORMAT = parameter(
    "formato",
    "query",
    translatable("csv: the same figures as tables for spreadsheets."),
    {"type": "string", "enum": ["json", "csv"], "default": "json"},
)
_CSV: Json = {"text/csv": {}}


def _reports(schema: str, example: Json) -> Json:
    answered = answers(translatable("As it is at this moment."), schema, example)
    return answered | {"content": answered["content"] | _CSV}


_UNREADABLE = {
    "400": refuses(
        translatable("The format is none of the two."), "“formato”: “xml” cannot be read. Write json or csv."
    )
}
MONTH = (
    translatable("What a month came to"),
    translatable("Messages, their cost, what was bought after them and who opted out, beside the month before."),
    {"200": _reports("InformeDelMes", A_MONTH), **_UNREADABLE, **shared(404)},
    parameter("mes", "path", translatable("A month that has begun."), _MONTH_NAME, "2026-11"),
    _FORMAT,
)
CAMPAIGN = (
    translatable("What a campaign came to"),
    translatable("How many of those chosen it reached and when, why not, what it cost and what was bought after it."),
    {"200": _reports("InformeDeCampana", A_CAMPAIGN), **_UNREADABLE, **shared(404)},
    parameter("pk", "path", translatable("The campaign."), {"type": "integer", "minimum": 0}, 10),
    _FORMAT,
)
CLIENTS = (
    translatable("Who buys, who sleeps and who gets no messages"),
    translatable("The filters of each group find its clients: a campaign may go to them."),
    {"200": _reports("InformeDeClientes", SOME_CLIENTS), **_UNREADABLE, **shared()},
    _FORMAT,
)
HOURS = (
    translatable("When people buy"),
    translatable("The sales of the last 52 weeks by weekday and hour of the shop's clock."),
    {"200": _reports("InformeDeHoras", SOME_HOURS), **_UNREADABLE, **shared()},
    _FORMAT,
)
