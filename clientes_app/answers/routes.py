"""What people wrote back: the views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..errors import DomainError
from ..values.ids import read_id
from ..web.access import Access, access, program_view
from ..web.actor import current_account, current_actor
from ..web.formatting import local_iso, phone_number
from ..web.htmx import done, go_to, page_or_fragment
from ..web.i18n import account_zone
from ..web.search_text import SearchText
from . import bp, services
from .forms import ReadForm
from .services import Answer

UNREAD = "sin_leer"
FOR_PROGRAMS = 1_000


@bp.app_context_processor
def count_for_frame() -> dict[str, Callable[[], int]]:
    """Give the frame what counts the unread answers: only a whole page asks for it."""
    return {"unread_answers": lambda: services.count_unread(current_user.account_id)}


@bp.get("/respuestas/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List the answers, newest first."""
    account_id, state = current_user.account_id, request.args.get("estado", "")
    search = SearchText.from_text(request.args.get("q", ""), current_account().region)
    problems = [search.problem] if search.unread else []
    if state not in ("", UNREAD):
        problems.append(gettext("“%(given)s” is no state of answers.", given=state[:40]))
    before = read_id(request.args.get("antes", ""))
    page = services.list_page(account_id, search, before, unread_only=state == UNREAD)
    context = {"page": page, "search": search, "problems": problems, "state": state if state == UNREAD else ""}
    return page_or_fragment("answers/index.html", "answers/_list.html", **context)


@bp.get("/respuestas-sms/")
@program_view
@access(Access.STAFF)
def list_for_programs() -> ResponseReturnValue:
    """Return the answers to programs, oldest first, a thousand at a time."""
    after = read_id(request.args.get("despues", ""))
    page = services.list_after(current_user.account_id, after, FOR_PROGRAMS)
    listed = {"success": True, "respuestas": [_as_json(answer) for answer in page.rows]}
    if page.next is None:
        return listed
    return listed | {"respuestas_url": url_for("answers.list_for_programs", despues=page.next)}


@bp.post("/respuestas/<int:pk>/leida/")
@access(Access.STAFF)
def mark(pk: int) -> ResponseReturnValue:
    """Note that an answer is read, or that it is not."""
    form = ReadForm(request.form)
    if not form.validate() or form.leida.data is None:
        raise DomainError(gettext("Say true or false."))
    services.mark(current_user.account_id, pk, form.leida.data)
    said = gettext("The answer is marked as read.") if form.leida.data else gettext("The answer is unread again.")
    changed = render_template("answers/_changed.html", answer=services.get_answer(current_user.account_id, pk))
    return done(said, url_for("answers.index"), changed)


@bp.post("/respuestas/leidas/")
@access(Access.STAFF)
def mark_all() -> ResponseReturnValue:
    """Note that all answers are read, up to the newest that the page showed."""
    up_to = read_id(request.form.get("hasta", ""))
    if up_to is None:
        raise DomainError(gettext("Say up to which answer."))
    services.mark_all_read(current_user.account_id, up_to)
    flash(gettext("All answers are marked as read."), "success")
    return go_to(url_for("answers.index"))


@bp.get("/respuestas/<int:pk>/baja/")
@access(Access.STAFF)
def confirm_opt_out(pk: int) -> ResponseReturnValue:
    """Show the answer again, and ask whether its sender is to get no more messages."""
    answer = services.get_answer(current_user.account_id, pk)
    context = {"answer": answer, "back": _back(), "client": _client()}
    return page_or_fragment("answers/opt_out.html", "answers/_opt_out.html", **context)


@bp.post("/respuestas/<int:pk>/baja/")
@access(Access.STAFF)
def opt_out(pk: int) -> ResponseReturnValue:
    """Let no more messages go to whoever wrote an answer."""
    answer = services.get_answer(current_user.account_id, pk)
    services.opt_out(current_user.account_id, pk, by=current_actor())
    flash(gettext("%(number)s gets no more messages.", number=phone_number(answer.number)), "success")
    return go_to(_back())


def _client() -> int | None:
    """Return the client from whose page it is done."""
    return read_id(request.args.get("cliente", ""))


def _back() -> str:
    client_id = _client()
    return url_for("clients.show", pk=client_id) if client_id else url_for("answers.index")


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "telefono": answer.number,
        "cliente_id": answer.client_id,
        "nombre": answer.client_name,
        "campana_id": answer.campaign_id,
        "mensaje": answer.text,
        "adjuntos": answer.media,
        "recibida": local_iso(answer.received, account_zone()),
        "leida": answer.read is not None,
        "baja": answer.opted_out,
    }
