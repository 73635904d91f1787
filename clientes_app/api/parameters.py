"""The parameters of the description: how one is written, and the filters that find clients."""

from __future__ import annotations

from typing import Any

from ..values.text import translatable
from .shapes import Json, list_of, one_of


def parameter(name: str, where: str, description: str, schema: Json, example: Any = None) -> Json:
    """Return a parameter; its example stands in the command that the page shows."""
    said = {"name": name, "in": where, "required": where == "path", "description": description, "schema": schema}
    return said if example is None else {**said, "example": example}


_TEXT = {"type": "string", "maxLength": 100}
_TAGS = list_of({"type": "integer", "minimum": 0}, translatable("Ids of tags, each by the same name once more.")) | {
    "maxItems": 50
}
_DAY = {"type": "string", "format": "date"}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 999999}
_DAYS = {"type": "integer", "minimum": 1, "maximum": 9999}
_AMOUNT = {"type": "string", "maxLength": 100}


def _yes_no(description: str) -> Json:
    return one_of(["si", "no"], description)


FILTERS: list[Json] = [
    parameter("q", "query", translatable("A part of the name, the number or the document."), _TEXT),
    parameter("no_q", "query", translatable("What is in none of them."), _TEXT),
    parameter(
        "estado",
        "query",
        translatable("Active ones, inactive ones, or all."),
        one_of(["activos", "inactivos", "todos"], translatable("Which clients.")) | {"default": "activos"},
    ),
    parameter("etiqueta", "query", translatable("They have any of these tags."), _TAGS, [3, 4]),
    parameter("etiqueta_todas", "query", translatable("They have all of these tags."), _TAGS),
    parameter("no_etiqueta", "query", translatable("They have none of these tags."), _TAGS, [7]),
    parameter(
        "numero",
        "query",
        translatable("Whether they have a number that can get an SMS."),
        _yes_no(translatable("A usable number.")),
    ),
    parameter("baja", "query", translatable("Whether they opted out."), _yes_no(translatable("Opted out."))),
    parameter(
        "compro_desde", "query", translatable("They bought on this day of the shop or later."), _DAY, "2026-06-01"
    ),
    parameter("compro_dias", "query", translatable("They bought in the last so many days."), _DAYS, 30),
    parameter(
        "compro_por",
        "query",
        translatable("What they bought since compro_desde, or ever, comes to at least so many pesos."),
        _AMOUNT,
        "200000",
    ),
    parameter(
        "no_compro_desde",
        "query",
        translatable("They did not buy on this day or later; with no_compro_por, not for so much."),
        _DAY,
    ),
    parameter(
        "no_compro_dias",
        "query",
        translatable("They did not buy in the last so many days; with no_compro_por, not for so much."),
        _DAYS,
    ),
    parameter(
        "no_compro_por",
        "query",
        translatable(
            "What they bought since no_compro_desde, or ever, comes to less than so many pesos, or to nothing."
        ),
        _AMOUNT,
    ),
    parameter("compras_min", "query", translatable("They bought at least so many times."), _COUNT, 2),
    parameter("compras_max", "query", translatable("They bought at most so many times; 0: never."), _COUNT),
    parameter(
        "escrito",
        "query",
        translatable("Whether they ever got a message."),
        _yes_no(translatable("A message was sent to them.")),
    ),
    parameter(
        "no_llegan",
        "query",
        translatable("Whether their last three messages did not arrive."),
        _yes_no(translatable("None of them arrived.")),
    ),
    parameter("creado_desde", "query", translatable("They became clients on this day of the shop or later."), _DAY),
    parameter("creado_hasta", "query", translatable("They became clients on this day of the shop or before."), _DAY),
    parameter("no_creado_desde", "query", translatable("They became clients before this day."), _DAY),
    parameter(
        "no_creado_hasta",
        "query",
        translatable("They became clients after this day; with no_creado_desde, not between the two."),
        _DAY,
    ),
    parameter(
        "importacion",
        "query",
        translatable("The import that created or changed them."),
        {"type": "integer", "minimum": 0},
    ),
    parameter(
        "despues",
        "query",
        translatable("Only clients after the one with this id; clientes_url carries it."),
        {"type": "integer", "minimum": 0},
    ),
]
