"""The pages of an import, step by step: upload, what the dry run found, progress, undo."""

from __future__ import annotations

from contextlib import closing

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..auth.opening import present_session_id
from ..client_files.meaning.roles import Contents
from ..client_files.reading import MAX_BYTES
from ..errors import DomainError
from ..models import EstadoImportacion
from ..web.access import Access, access, by_itself, stream_view, takes_uploads
from ..web.actor import current_actor
from ..web.htmx import flash_and_go, is_partial, page_or_fragment
from ..web.live_progress import streamed_progress
from . import LIVE, bp, services, uploading, waking
from .list_view import place, shown_context


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
            given = uploading.Upload(file.stream, file.filename, _contents())
            row = uploading.upload(current_user.account_id, given, place(), by=current_actor())
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
    return page_or_fragment("importing/show.html", "importing/_show.html", **shown_context(row))


@bp.get("/<int:pk>/progreso/")
@access(Access.ADMIN)
@stream_view
def progress(pk: int) -> ResponseReturnValue:
    """Stream the import's progress; where there are streams enough, say how it is and when to come back."""
    services.find_import(current_user.account_id, pk)
    return streamed_progress(LIVE, pk, present_session_id())


@bp.post("/<int:pk>/aplicar/")
@access(Access.ADMIN)
def apply(pk: int) -> ResponseReturnValue:
    """Begin to import."""
    services.start_applying(current_user.account_id, pk, by=current_actor())
    waking.wake()
    return redirect(url_for("importing.show", pk=pk))


@bp.get("/<int:pk>/cancelar/")
@access(Access.ADMIN)
def confirm_cancellation(pk: int) -> ResponseReturnValue:
    """Ask whether to cancel an import."""
    row = services.find_import(current_user.account_id, pk)
    services.require_open(row)
    return page_or_fragment("importing/cancel.html", "importing/_cancel.html", row=row)


@bp.post("/<int:pk>/cancelar/")
@access(Access.ADMIN)
def cancel(pk: int) -> ResponseReturnValue:
    """Cancel an import."""
    services.cancel(current_user.account_id, pk, place().storage, asked_of=request.args.get("estado", ""))
    return flash_and_go(gettext("The import is cancelled."), url_for("importing.show", pk=pk))


@bp.get("/<int:pk>/deshacer/")
@access(Access.ADMIN)
def confirm_undoing(pk: int) -> ResponseReturnValue:
    """Say what undoing would do, and ask."""
    row = services.find_import(current_user.account_id, pk)
    services.require_undoable(row)
    return page_or_fragment("importing/undo.html", "importing/_undo.html", row=row, extent=services.undo_extent(row))


@bp.post("/<int:pk>/deshacer/")
@access(Access.ADMIN)
def undo(pk: int) -> ResponseReturnValue:
    """Begin to undo an import."""
    services.start_undoing(current_user.account_id, pk, by=current_actor())
    waking.wake()
    return redirect(url_for("importing.show", pk=pk))


def _contents() -> Contents:
    """Return what the rows of the file are that is uploaded, or is going to be: clients, unless sales are said."""
    return Contents.SALES if request.values.get("clase") == Contents.SALES else Contents.CLIENTS


def _index(problem: str = "") -> str:
    rows = services.list_imports(current_user.account_id)
    return render_template("importing/index.html", rows=rows, problem=problem, contents=_contents())
