"""The pages of an import, step by step: upload, what the dry run found, progress, undo."""

from __future__ import annotations

import json
from contextlib import closing

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..auth.opening import still_open
from ..client_files.reading import MAX_BYTES
from ..errors import DomainError
from ..extensions import db, engine_apart
from ..live import streams
from ..live.feed import news
from ..models import EstadoImportacion
from ..web.access import Access, access, by_itself, stream_view, takes_uploads
from ..web.htmx import is_partial, page_or_fragment
from ..web.i18n import language
from . import LIVE, bp, services, uploading, waking
from .list_view import place, shown_context
from .progress import snapshot


@bp.get("/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """Show the upload, and earlier imports."""
    return _index()


@bp.post("/")
@access(Access.ADMIN)
@takes_uploads(2 * MAX_BYTES)
def upload() -> ResponseReturnValue:
    """Take a file."""
    file = request.files.get("archivo")
    if file is None or not file.filename:
        return _index(gettext("Choose a file."))
    try:
        with closing(file):
            row = uploading.upload(current_user.account_id, current_user.id, file.stream, file.filename, place())
    except DomainError as refusal:
        return _index(refusal.message)
    return redirect(url_for("importing.columns", pk=row.id))


@bp.get("/<int:pk>/")
@access(Access.ADMIN)
@by_itself(is_partial)
def show(pk: int) -> ResponseReturnValue:
    """Show one import: how far it is, or what it came to."""
    row = services.find_import(current_user.account_id, pk)
    if row.estado is EstadoImportacion.SUBIDA:
        return redirect(url_for("importing.columns", pk=pk))
    if is_partial() and "progreso" in request.args:
        return _polled_progress(pk)
    return page_or_fragment("importing/show.html", "importing/_show.html", **shown_context(row, place().uploads))


@bp.get("/<int:pk>/progreso/")
@access(Access.ADMIN)
@stream_view
def progress(pk: int) -> ResponseReturnValue:
    """Stream the import's progress; where there are streams enough, answer once and let the page poll."""
    services.find_import(current_user.account_id, pk)
    stream = streams.stream(
        LIVE, pk, streams.Viewer(current_user.get_id() if is_partial() else None, language(), still_open())
    )
    if stream is None:
        return _polled_progress(pk)
    db.session.remove()  # the stream outlives this view, and holds no connection
    return stream


@bp.post("/<int:pk>/aplicar/")
@access(Access.ADMIN)
def apply(pk: int) -> ResponseReturnValue:
    """Begin to import."""
    services.start_applying(current_user.account_id, pk)
    waking.wake()
    return redirect(url_for("importing.show", pk=pk))


@bp.get("/<int:pk>/cancelar/")
@access(Access.ADMIN)
def confirm_cancellation(pk: int) -> ResponseReturnValue:
    """Ask whether to cancel an import."""
    row = services.find_import(current_user.account_id, pk)
    return page_or_fragment("importing/cancel.html", "importing/_cancel.html", row=row)


@bp.post("/<int:pk>/cancelar/")
@access(Access.ADMIN)
def cancel(pk: int) -> ResponseReturnValue:
    """Cancel an import."""
    services.cancel(current_user.account_id, pk, place().uploads)
    flash(gettext("The import is cancelled."), "success")
    return redirect(url_for("importing.show", pk=pk))


@bp.get("/<int:pk>/deshacer/")
@access(Access.ADMIN)
def confirm_undoing(pk: int) -> ResponseReturnValue:
    """Say what undoing would do, and ask."""
    row = services.find_import(current_user.account_id, pk)
    return page_or_fragment("importing/undo.html", "importing/_undo.html", row=row, extent=services.undo_extent(row))


@bp.post("/<int:pk>/deshacer/")
@access(Access.ADMIN)
def undo(pk: int) -> ResponseReturnValue:
    """Begin to undo an import."""
    services.start_undoing(current_user.account_id, pk)
    waking.wake()
    return redirect(url_for("importing.show", pk=pk))


def _index(problem: str = "") -> str:
    return render_template("importing/index.html", rows=services.list_imports(current_user.account_id), problem=problem)


def _polled_progress(pk: int) -> Response:
    """Render the progress for a page that has no stream; at the end its event comes along."""
    progress = snapshot(engine_apart(), pk)
    response = make_response(render_template("importing/_progress.html", progress=progress, polling=True))
    if told := news(progress, None):
        response.headers["HX-Trigger"] = json.dumps({told: {"target": "#live"}})
    return response
