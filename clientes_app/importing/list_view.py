"""What the page of an import shows: its progress while it runs, else its counts and the lines of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from flask import request

from ..client_files.columns import Layout
from ..extensions import db, engine_apart
from ..models import ClaseImportacion, EstadoImportacion, Importacion
from ..settings import current_settings
from ..values.ids import read_id
from ..web.filters import chosen_of
from ..web.i18n import account_zone
from . import services
from .jobs import Surroundings
from .progress import snapshot
from .sales.shown_sales import Difference, differences, shown_sale
from .staging import shown
from .staging.shown import WITH_OTHER_NUMBERS, WITHOUT_MOBILE
from .staging.verdicts import APART_COUNTERS, COUNTERS, DONE, Apart, Verdict

_ORDER = (
    Verdict.ASKED,
    Verdict.WRONG,
    Verdict.DOUBLE,
    Verdict.NEW,
    Verdict.UPDATE,
    Verdict.KEPT,
    Verdict.SAME,
    Verdict.LEFT_OUT,
    Verdict.NOT_REACHED,
    Verdict.ERASED,
)
"""What asks for something comes first."""
_KINDS = (*_ORDER, *Apart, WITHOUT_MOBILE, WITH_OTHER_NUMBERS)
"""The kinds of lines that can be asked for."""


@dataclass(frozen=True)
class Count:
    """How many lines are of a kind, by the name of its counter."""

    kind: Verdict | Apart
    name: str
    count: int


def place() -> Surroundings:
    """Return what an import needs to know of the present app."""
    return Surroundings.of(current_settings())


def shown_context(row: Importacion) -> dict[str, Any]:
    """Return the variables of `importing/_show.html`."""
    progress = snapshot(engine_apart(), row.id)
    listed = list_context(row) if progress.ended else {}
    undoable = progress.ended and services.can_undo(row)
    undone = services.undo_extent(row) if row.estado is EstadoImportacion.DESHECHA else None
    layout = Layout.from_json(row.columnas)
    sheet = layout.sheet if len(layout.sheets) > 1 else ""
    shown = {"row": row, "progress": progress, "undoable": undoable, "undone": undone, "sheet": sheet, **listed}
    if row.clase is ClaseImportacion.CLIENTES:
        return shown
    return shown | {"brought": services.undo_extent(row)}


def list_context(row: Importacion) -> dict[str, Any]:
    """Return the variables of `importing/_rows.html`: the kind that the address asks for, and its next lines."""
    kinds = kinds_of(row)
    first = next((kind for kind, _ in kinds), "")
    chosen = chosen_of(request.args, "veredicto", _KINDS, first)
    after = read_id(request.args.get("despues", "")) or 0
    lines, more = shown.page_of(row, chosen, min(after, 2**62), place()) if chosen else ([], None)
    differing = _differing(row, lines)
    others = 0 if row.clase is ClaseImportacion.VENTAS else shown.with_other_numbers(row, place())
    listed = {"chosen": chosen, "listed": lines, "next": more, "with_others": others, "differing": differing}
    return {**counts_context(row), **listed}


def counts_context(row: Importacion) -> dict[str, Any]:
    """Return what the counts, the kinds to choose from and the rows of an import need."""
    layout = Layout.from_json(row.columnas)
    return {
        "counts": counts_of(row),
        "lines": sum(each.count for each in counts_of(row)),
        "kinds": kinds_of(row),
        "decidable": row.estado is EstadoImportacion.REVISADA,
        "is_of_sales": row.clase is ClaseImportacion.VENTAS,
        "differing": {},
        "pesos": Decimal(row.sumas.get("pesos", 0)),
        "sale_of": partial(shown_sale, zone=account_zone()),
        "new_fields": [column.name for column in layout.own if column.field_id is None],
        "left_out": layout.left_out,
    }


def counts_of(row: Importacion) -> list[Count]:
    """Return how many lines are of each kind; they add up to the lines of the file."""
    counters: list[tuple[Verdict | Apart, str]] = [*COUNTERS.items(), *APART_COUNTERS.items()]
    counted = {kind: Count(kind, name, getattr(row, name)) for kind, name in counters}
    counted[Verdict.NOT_REACHED] = Count(Verdict.NOT_REACHED, "sin_llegar", _not_reached(row))
    return [counted[kind] for kind in (*_ORDER, *Apart)]


def kinds_of(row: Importacion) -> list[tuple[str, int]]:
    """Return the kinds whose lines can be looked at, each with how many there are."""
    if row.estado is EstadoImportacion.DESHECHA:
        return []
    kinds = [(each.kind.value, each.count) for each in counts_of(row)]
    without_mobile = 0 if row.clase is ClaseImportacion.VENTAS else row.sin_celular
    return [(kind, count) for kind, count in (*kinds, (WITHOUT_MOBILE, without_mobile)) if count]


def _differing(row: Importacion, lines: Sequence[shown.Line]) -> dict[int, Difference]:
    """Return in what stored sales differ from the lines that are the same ones."""
    if row.clase is not ClaseImportacion.VENTAS:
        return {}
    same = {
        line.number: (line.row, line.client.id)
        for line in lines
        if line.kind is Verdict.SAME and line.row and line.client
    }
    return differences(db.session.connection(), row.usuario_id, same, account_zone())


def _not_reached(row: Importacion) -> int:
    """Count the rows that an import did not come to because it was cancelled or broke."""
    if row.estado not in (EstadoImportacion.CANCELADA, EstadoImportacion.ERROR):
        return 0
    done = sum(int(getattr(row, name)) for name in DONE)
    return max(0, row.por_aplicar - done)
