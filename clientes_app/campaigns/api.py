"""Campaigns for programs: the specification's `enviar-sms`, the state and the details of a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..clients.search.selection import Ticked
from ..errors import DomainError
from ..extensions import engine_apart
from ..live import streams
from ..models import AT_REST, ENDED, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog, TipoDeCampana
from ..sending.waiting import Wait
from ..settings import current_settings
from ..values.ids import MAX_ID, read_id
from ..web.access import Access, access, by_itself, program_view
from ..web.actor import current_actor
from ..web.formatting import local_iso, reason, some_of
from ..web.forms import form_from_json, json_object, validated
from ..web.i18n import account_zone
from ..web.idempotency import sent_key
from . import bp, listing, services
from .forms import RequestForm
from .progress import Progress, snapshot
from .repeats import ProgramKey, program_key
from .storing import Schedule

DETAILS = 1_000


@bp.post("/enviar-sms/")
@program_view
@access(Access.SEND)
def send_sms() -> ResponseReturnValue:
    """Store a campaign to the clients named, wait for its end as long as is sensible, and return what is known."""
    key = _idempotency_key()
    campaign = services.earlier_campaign(current_user.account_id, key)
    if campaign is None:
        services.require_twilio(current_settings().missing)
        draft = _draft(json_object())
        campaign = services.create_campaign(current_user.account_id, draft, key, by=current_actor())
    asynchronous = "respond-async" in request.headers.get("Prefer", "")
    campaign = services.wait_for_end(campaign, 0.0) if asynchronous else _wait_for_end(campaign)
    return _answer(campaign), 200 if campaign.estado in ENDED else 202


@bp.get("/campanas/<int:pk>/estado/")
@program_view
@access(Access.STAFF)
@by_itself()
def state(pk: int) -> ResponseReturnValue:
    """Return how far a campaign is."""
    services.get_campaign(current_user.account_id, pk)
    return counts(snapshot(engine_apart(), pk))


@bp.get("/campanas/<int:pk>/detalles/")
@program_view
@access(Access.STAFF)
def details(pk: int) -> ResponseReturnValue:
    """Return what became of each client, a thousand at a time."""
    after = read_id(request.args.get("despues", ""))
    campaign = services.get_campaign(current_user.account_id, pk)
    return {"success": True, **_details(campaign, after)}


def _wait_for_end(campaign: CampanaSMS) -> CampanaSMS:
    """Wait as long as is sensible; not at all where threads enough are held by others who wait or watch."""
    with streams.waiting() as room:
        return services.wait_for_end(campaign, current_settings().send_wait_seconds if room else 0.0)


def _draft(payload: dict[str, object]) -> services.Draft:
    ids = _client_ids(payload.pop("cliente_ids", None))
    form = validated(form_from_json(RequestForm, payload))
    schedule = Schedule(form.moment) if form.moment else None
    text, name = form.mensaje.data or "", form.nombre_campana.data or ""
    kind, why = form.kind, form.reason_of_service
    return services.Draft(Ticked(ids), text, name, schedule=schedule, tipo=kind, motivo_servicio=why)


def _client_ids(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise DomainError(gettext("cliente_ids takes a list of clients' ids, with at least one."))
    wrong = [item for item in value if type(item) is not int or not 0 < item <= MAX_ID]
    if wrong:
        raise DomainError(gettext("These are not ids of clients: %(ids)s.", ids=some_of(wrong)))
    return tuple(value)


def _idempotency_key() -> ProgramKey | None:
    text = sent_key()
    return None if text is None else program_key(text, current_user.id, request.get_data())


def _answer(campaign: CampanaSMS) -> dict[str, Any]:
    body = {
        "success": campaign.estado is not EstadoCampana.ERROR,
        "campana_id": campaign.id,
        "estado": _said_state(campaign.estado).value,
        "total_clientes": campaign.total_clientes,
        "enviados_exitosos": campaign.enviados_exitosos,
        "enviados_fallidos": campaign.enviados_fallidos,
        **_details(campaign, None),
    }
    if campaign.estado is EstadoCampana.ERROR:
        body["error"] = reason(campaign.error_mensaje, campaign.error_codigo)
    if campaign.estado not in ENDED:
        body["progreso_url"] = url_for("campaigns.progress", pk=campaign.id)
    waiting = _waiting(listing.waits_of([campaign]).get(campaign.id))
    return body | _kind(campaign.tipo) | waiting | _scheduled(campaign.programada_para)


def _said_state(state: EstadoCampana) -> EstadoCampana:
    """Return the state as the specification's clients know it: what has not ended goes on, or waits."""
    return state if state in AT_REST else EstadoCampana.PROCESANDO


def _details(campaign: CampanaSMS, after: int | None) -> dict[str, Any]:
    page = listing.message_page(campaign.usuario_id, campaign.id, None, after, DETAILS)
    details = {"detalles": [_detail(row) for row in page.rows]}
    if page.next is None:
        return details
    return details | {"detalles_url": url_for("campaigns.details", pk=campaign.id, despues=page.next)}


def _detail(row: SMSLog) -> dict[str, Any]:
    detail = {"cliente_id": row.cliente_id, "nombre": row.nombre, "estado": row.estado.value}
    if row.twilio_sid is not None:
        return detail | {"twilio_sid": row.twilio_sid}
    if row.error_mensaje is not None:
        return detail | {"error": reason(row.error_mensaje, row.error_codigo)}
    return detail


def counts(progress: Progress) -> dict[str, Any]:
    """Return a campaign's state, its rows by state, and what it waits for."""
    named = {EstadoSMS.ENVIADO: "enviados_exitosos", EstadoSMS.FALLIDO: "enviados_fallidos"}
    by_state = {named.get(state, state.value): count for state, count in progress.counts.items()}
    known = {"success": True, "estado": progress.estado.value, "total_clientes": progress.total, **by_state}
    paused = {"motivo_de_pausa": progress.pause_reason.value} if progress.pause_reason else {}
    return known | _kind(progress.kind) | _waiting(progress.wait) | _scheduled(progress.scheduled_for) | paused


def _kind(kind: TipoDeCampana | None) -> dict[str, str]:
    """Return the kind of a campaign that has one."""
    return {"tipo": kind.value} if kind else {}


def _scheduled(moment: datetime | None) -> dict[str, str]:
    """Return the hour of a campaign that has one."""
    return {"programada_para": local_iso(moment, account_zone())} if moment else {}


def _waiting(wait: Wait | None) -> dict[str, str]:
    """Return when a campaign goes on that waits; nothing where it does not wait, or nobody knows."""
    return {"espera_hasta": local_iso(wait.until, account_zone())} if wait and wait.until else {}
