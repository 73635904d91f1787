"""Templates: the views."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..errors import DomainError
from ..models import PlantillaSMS
from ..values.ids import read_id
from ..web.access import Access, access, program_view
from ..web.htmx import done, flash_and_go, form_again, page_or_fragment
from . import bp, services
from .forms import ActiveForm, MessageForm, TemplateForm
from .preview import SAMPLE_NAME, preview
from .previewed import COUNTED, Candidates, active_clients

# What `?estado=` takes; any other value lists all templates.
_STATES = {"activas": True, "inactivas": False}

_FORM = ("message_templates/form.html", "message_templates/_form.html")


@bp.get("/plantillas/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List the templates."""
    state = request.args.get("estado", "")
    page = services.list_page(
        current_user.account_id,
        active=_STATES.get(state),
        before=read_id(request.args.get("antes", "")),
    )
    state = state if state in _STATES else ""
    return render_template(
        "message_templates/index.html", page=page, state=state, sample_name=SAMPLE_NAME, counted=COUNTED
    )


@bp.get("/plantillas-sms/")
@access(Access.STAFF)
@program_view
def list_active() -> ResponseReturnValue:
    """List the active templates for programs."""
    templates = services.list_active(current_user.account_id)
    listed = [{"id": row.id, "nombre": row.nombre, "mensaje": row.mensaje} for row in templates]
    return {"success": True, "plantillas": listed}


@bp.get("/plantillas/crear/")
@access(Access.ADMIN)
def new() -> ResponseReturnValue:
    """Show the form of a new template."""
    return page_or_fragment(*_FORM, **_form_context(TemplateForm(formdata=None)))


@bp.post("/plantillas/crear/")
@access(Access.ADMIN)
def create() -> ResponseReturnValue:
    """Create a template."""
    form = TemplateForm(formdata=request.form)
    if form.asks_preview:
        return _form_with_preview(form)
    if not form.validate():
        return form_again(*_FORM, **_form_context(form))
    template = services.create_template(
        current_user.account_id, form.nombre.data or "", form.mensaje.data or "", activo=form.activo.data
    )
    return _saved(template)


@bp.get("/plantillas/editar/<int:pk>/")
@access(Access.ADMIN)
def edit(pk: int) -> ResponseReturnValue:
    """Show the form of a template."""
    template = services.get_template(current_user.account_id, pk)
    form = TemplateForm(formdata=None, obj=template)
    form.abaratar.data = request.args.get("abaratar", "")
    form.apply_saving()
    return page_or_fragment(*_FORM, **_form_context(form, template))


@bp.post("/plantillas/editar/<int:pk>/")
@access(Access.ADMIN)
def update(pk: int) -> ResponseReturnValue:
    """Change a template; a field that is left out keeps its value."""
    template = services.get_template(current_user.account_id, pk)
    form = TemplateForm(formdata=request.form, obj=template)
    if form.asks_preview:
        return _form_with_preview(form, template)
    if not form.validate():
        return form_again(*_FORM, **_form_context(form, template))
    return _saved(services.update_template(current_user.account_id, pk, form.given()))


@bp.get("/plantillas/eliminar/<int:pk>/")
@access(Access.ADMIN)
def confirm_deletion(pk: int) -> ResponseReturnValue:
    """Ask whether to delete a template."""
    template = services.get_template(current_user.account_id, pk)
    return page_or_fragment("message_templates/delete.html", "message_templates/_delete.html", template=template)


@bp.post("/plantillas/eliminar/<int:pk>/")
@access(Access.ADMIN)
def delete(pk: int) -> ResponseReturnValue:
    """Delete a template."""
    template = services.delete_template(current_user.account_id, pk)
    said = gettext("The template %(name)s is deleted.", name=template.nombre)
    gone = render_template("message_templates/_gone_partial.html", template_id=pk)
    return done(said, url_for("templates.index"), gone)


@bp.post("/plantillas/<int:pk>/activo/")
@access(Access.ADMIN)
def set_active(pk: int) -> ResponseReturnValue:
    """Activate or deactivate a template."""
    form = ActiveForm(formdata=request.form)
    if form.activo.data is None:
        raise DomainError(gettext("Say true or false."))
    template = services.update_template(current_user.account_id, pk, {"activo": form.activo.data})
    card = services.get_card(current_user.account_id, pk)
    fragment = render_template("message_templates/_card_partial.html", card=card)
    return done(_said_of_state(template), url_for("templates.index"), fragment)


@bp.post("/plantillas/vista-previa/")
@access(Access.STAFF)
def show_preview() -> ResponseReturnValue:
    """Show what is being typed as a client would get it; this changes nothing."""
    form = MessageForm(formdata=request.form)
    form.apply_saving()
    return render_template("message_templates/_preview_answer.html", form=form, **_preview_context(form))


def _form_with_preview(form: TemplateForm, template: PlantillaSMS | None = None) -> Response:
    form.apply_saving()
    return page_or_fragment(*_FORM, **_form_context(form, template))


def _form_context(form: TemplateForm, template: PlantillaSMS | None = None) -> dict[str, Any]:
    context = {"form": form, "template": template, **_preview_context(form)}
    # A form that comes back with errors says at the field what is wrong: the preview need not repeat it.
    return context if form.asks_preview else {**context, "problems": []}


def _preview_context(form: MessageForm) -> dict[str, Any]:
    candidates = Candidates(active_clients(current_user.account_id), form.filling, form.template)
    previewed = candidates.choose(form.client_id, form.step)
    shown = preview(form.template, previewed.recipient, candidates.audience())
    at = url_for("templates.show_preview")
    return {"recipient": previewed, "preview": shown, "problems": form.problems, "preview_at": at}


def _saved(template: PlantillaSMS) -> ResponseReturnValue:
    return flash_and_go(gettext("The template %(name)s is saved.", name=template.nombre), url_for("templates.index"))


def _said_of_state(template: PlantillaSMS) -> str:
    if template.activo:
        return str(gettext("The template %(name)s is active.", name=template.nombre))
    return str(gettext("The template %(name)s is inactive.", name=template.nombre))
