"""What the page of an import shows: its progress while it runs, else its counts and the rows of one verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import request

from ..client_files.columns import Layout
from ..extensions import engine_apart
from ..models import EstadoImportacion, Importacion
from ..settings import current_settings
from ..values.ids import read_id
from . import services
from .jobs import Surroundings
from .progress import snapshot
from .reviewing import COUNTERS
from .staging import staged_rows
from .staging.store import PAGE_SIZE, REJECTED, Verdict


def place() -> Surroundings:
    """Return what an import needs to know of the present app."""
    return Surroundings.of(current_settings())


def shown_context(row: Importacion, uploads: Path) -> dict[str, Any]:
    """Return the variables of `importing/_show.html`."""
    progress = snapshot(engine_apart(), row.id)
    listed = list_context(row, uploads) if progress.ended else {}
    undoable = progress.ended and services.can_undo(row)
    layout = Layout.from_json(row.columnas)
    sheet = layout.sheet if len(layout.sheets) > 1 else ""
    return {"row": row, "progress": progress, "undoable": undoable, "sheet": sheet, **listed}


def list_context(row: Importacion, uploads: Path) -> dict[str, Any]:
    """Return the variables of `importing/_rows.html`: the verdict that the address asks for, and its next rows."""
    counted = verdicts_of(row)
    asked = request.args.get("veredicto", "")
    chosen = Verdict(asked) if asked in set(Verdict) else next((verdict for verdict, _ in counted), None)
    after = read_id(request.args.get("despues", "")) or 0
    rows = staged_rows.page_of(row, chosen, after, uploads) if chosen else []
    return {
        "verdict": chosen,
        "verdicts": counted,
        "listed": rows,
        "next": rows[-1].number if len(rows) == PAGE_SIZE else None,
        "mendable": row.estado is EstadoImportacion.REVISADA,
    }


def verdicts_of(row: Importacion) -> list[tuple[Verdict, int]]:
    """Return the verdicts whose rows can be looked at, each with how many there are."""
    counted = [(verdict, getattr(row, COUNTERS[verdict])) for verdict in _offered(row)]
    return [(verdict, count) for verdict, count in counted if count]


def _offered(row: Importacion) -> list[Verdict]:
    """Return the verdicts whose rows can be looked at: after the import, those that were not imported."""
    if row.estado is EstadoImportacion.REVISADA:
        return [Verdict.WRONG, Verdict.DOUBLE, Verdict.NEW, Verdict.UPDATE, Verdict.SAME, Verdict.LEFT_OUT]
    return [] if row.estado is EstadoImportacion.DESHECHA else list(REJECTED)
