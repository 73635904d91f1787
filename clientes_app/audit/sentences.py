"""The audit in words: who did what, in the language of the reader."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext

from ..models import Accion, Auditoria, ClaseImportacion, MotivoDePausa, TipoDeCampana
from ..sending.law.rules import Closer
from ..values.days import read_day
from ..web.formatting import day_and_month, number

COUNT = "cuantos"
"""The detail that says to how many things an act was done."""
_CONTENTS = "clase"
"""The detail that says what the rows of an imported file are."""

ACTS = {
    Accion.LOGGED_IN: lazy_gettext("logged in"),
    Accion.LOG_IN_FAILED: lazy_gettext("tried to log in without success"),
    Accion.LOGGED_OUT: lazy_gettext("logged out"),
    Accion.SESSION_ENDED: lazy_gettext("ended a session"),
    Accion.PASSWORD_CHANGED: lazy_gettext("chose a new password"),
    Accion.SECOND_FACTOR_ON: lazy_gettext("turned two-step verification on"),
    Accion.SECOND_FACTOR_OFF: lazy_gettext("turned two-step verification off"),
    Accion.PASSKEY_ADDED: lazy_gettext("added a passkey"),
    Accion.PASSKEY_REMOVED: lazy_gettext("removed a passkey"),
    Accion.PERSON_CREATED: lazy_gettext("added a person"),
    Accion.PERSON_EDITED: lazy_gettext("edited a person"),
    Accion.PERSON_DEACTIVATED: lazy_gettext("deactivated a person"),
    Accion.PERSON_ACTIVATED: lazy_gettext("activated a person"),
    Accion.LINK_MADE: lazy_gettext("made a link to choose a password"),
    Accion.CLIENTS_DELETED: lazy_gettext("deleted clients"),
    Accion.CLIENTS_EXPORTED: lazy_gettext("exported clients"),
    Accion.CLIENT_DATA_EXPORTED: lazy_gettext("exported everything about a client"),
    Accion.CLIENT_ERASED: lazy_gettext("erased a client"),
    Accion.SALE_EDITED: lazy_gettext("edited a sale"),
    Accion.SALE_DELETED: lazy_gettext("deleted a sale"),
    Accion.IMPORT_APPLIED: lazy_gettext("imported clients"),
    Accion.IMPORT_UNDONE: lazy_gettext("undid an import"),
    Accion.CAMPAIGN_SENT: lazy_gettext("sent a campaign"),
    Accion.TEST_SENT: lazy_gettext("sent themselves a test"),
    Accion.CODE_SENT: lazy_gettext("asked for a code for their number"),
    Accion.OWN_NUMBER_PROVEN: lazy_gettext("proved their number"),
    Accion.CAMPAIGN_SCHEDULED: lazy_gettext("scheduled a campaign"),
    Accion.CAMPAIGN_RESCHEDULED: lazy_gettext("changed the hour of a campaign"),
    Accion.CAMPAIGN_PAUSED: lazy_gettext("paused a campaign"),
    Accion.CAMPAIGN_RESUMED: lazy_gettext("resumed a campaign"),
    Accion.CAMPAIGN_CANCELLED: lazy_gettext("cancelled a campaign"),
    Accion.CAMPAIGN_APPROVED: lazy_gettext("approved a campaign"),
    Accion.CAMPAIGN_REJECTED: lazy_gettext("rejected a campaign"),
    Accion.SETTINGS_CHANGED: lazy_gettext("changed the settings"),
    Accion.FIELD_CREATED: lazy_gettext("made a field for clients"),
    Accion.FIELD_CHANGED: lazy_gettext("changed a field of clients"),
    Accion.FIELD_DELETED: lazy_gettext("deleted a field of clients"),
    Accion.OPT_OUT_ADDED: lazy_gettext("added a number to the opt-outs"),
    Accion.OPT_OUT_REMOVED: lazy_gettext("took a number out of the opt-outs"),
    Accion.TOKEN_CREATED: lazy_gettext("created an API token"),
    Accion.TOKEN_REVOKED: lazy_gettext("revoked an API token"),
    Accion.MESSAGES_BLANKED: lazy_gettext("blanked old messages"),
}
"""What somebody did, as a sentence goes on after their name."""

_DETAILS = {
    "activo": lazy_gettext("active"),
    "alcances": lazy_gettext("scopes"),
    "cambios": lazy_gettext("changes"),
    "clave": lazy_gettext("in texts"),
    "cliente": lazy_gettext("client no."),
    "con_salida": lazy_gettext("a link for opting out"),
    "columnas": lazy_gettext("columns"),
    "con": lazy_gettext("with"),
    "concepto": lazy_gettext("what for"),
    "exceptuada_por": lazy_gettext("sent as an exception by"),
    "horario_de": lazy_gettext("outside the hours of"),
    "dias_de_compra": lazy_gettext("days in which a purchase counts after a message"),
    "exige_aprobacion": lazy_gettext("campaigns need approval"),
    "exige_segundo_factor": lazy_gettext("two-step verification for all"),
    "exigir": lazy_gettext("always keep to the law"),
    "fecha": lazy_gettext("day and hour"),
    "festivo": lazy_gettext("Sundays and holidays"),
    "filas": lazy_gettext("rows"),
    "formato": lazy_gettext("format"),
    "llave": lazy_gettext("passkey"),
    "mensajes": lazy_gettext("messages"),
    "mensajes_por_dia": lazy_gettext("messages a day"),
    "meses_de_retencion": lazy_gettext("months that texts are kept"),
    "motivo": lazy_gettext("reason"),
    "motivo_servicio": lazy_gettext("why it is no advertising"),
    "negocio": lazy_gettext("name of the shop"),
    "nombre": lazy_gettext("shown name"),
    "opciones": lazy_gettext("options"),
    "pesos_por_mes": lazy_gettext("pesos a month"),
    "precios": lazy_gettext("prices"),
    "puede_editar_clientes": lazy_gettext("create and edit clients"),
    "puede_enviar": lazy_gettext("send campaigns"),
    "puede_vender": lazy_gettext("record sales"),
    "sabado": lazy_gettext("Saturdays"),
    "semana": lazy_gettext("Monday to Friday"),
    "texto_salida": lazy_gettext("wording of the opt-out"),
    "tipo": lazy_gettext("kind"),
    "tope_mes": lazy_gettext("most in 30 days"),
    "tope_semana": lazy_gettext("most in 7 days"),
    "total": lazy_gettext("total"),
    "programada_para": lazy_gettext("hour"),
    "usuario": lazy_gettext("user"),
    "zona_horaria": lazy_gettext("time zone"),
}

_VALUES = {
    MotivoDePausa.TARDE: lazy_gettext("its hour had passed"),
    MotivoDePausa.AUTOR: lazy_gettext("its author may not send any more"),
    MotivoDePausa.PUBLICO: lazy_gettext("who gets it cannot be found out"),
    MotivoDePausa.NADIE: lazy_gettext("nobody would get it"),
    MotivoDePausa.TEXTO: lazy_gettext("its text has a placeholder that is gone"),
    MotivoDePausa.LIMITE: lazy_gettext("it would have passed a limit of the shop"),
    TipoDeCampana.PUBLICIDAD: lazy_gettext("advertising"),
    TipoDeCampana.SERVICIO: lazy_gettext("service"),
    Closer.LAW: lazy_gettext("the law"),
    Closer.SHOP: lazy_gettext("the shop"),
    "app": lazy_gettext("an app"),
    "cambiado": lazy_gettext("changed"),
    "codigos_de_recuperacion": lazy_gettext("recovery codes"),
    "enlace": lazy_gettext("a link"),
    "llave_de_acceso": lazy_gettext("a passkey"),
}


def act_name(action: Accion) -> str:
    """Name an act as a list of acts does."""
    words = str(ACTS[action])
    return words[:1].upper() + words[1:]


def who(entry: Auditoria) -> str:
    """Say who did it."""
    person = entry.persona or gettext("The system")
    return gettext("%(person)s, with the token %(token)s,", person=person, token=entry.token) if entry.token else person


def act(entry: Auditoria) -> str:
    """Say what was done, to how many where that is told."""
    if entry.accion is Accion.IMPORT_APPLIED and entry.detalle.get(_CONTENTS) == ClaseImportacion.VENTAS:
        return str(gettext("imported sales"))
    count = entry.detalle.get(COUNT)
    if not isinstance(count, int):
        return str(ACTS[entry.accion])
    if entry.accion is Accion.CLIENTS_DELETED:
        return str(ngettext("deleted %(count)s client", "deleted %(count)s clients", count, count=number(count)))
    if entry.accion is Accion.CLIENTS_EXPORTED:
        return str(ngettext("exported %(count)s client", "exported %(count)s clients", count, count=number(count)))
    return f"{ACTS[entry.accion]} ({number(count)})"


def thing(entry: Auditoria) -> str:
    """Name what it was done to; empty where the act says it all."""
    if entry.cosa == "cliente" and entry.cosa_id:
        return str(gettext("client no. %(number)s", number=entry.cosa_id))
    if entry.cosa == "venta" and entry.cosa_id:
        return str(gettext("sale no. %(number)s", number=entry.cosa_id))
    return entry.cosa_nombre


def sentence(entry: Auditoria) -> str:
    """Return an entry as one plain sentence."""
    told = f"{who(entry)} {act(entry)}"
    return f"{told}: {thing(entry)}" if thing(entry) else told


def details(entry: Auditoria) -> str:
    """Return what else is known of an act; empty where nothing is."""
    known = {name: value for name, value in entry.detalle.items() if name not in (COUNT, _CONTENTS)}
    return "; ".join(f"{_named(name)}: {_said(value)}" for name, value in known.items())


def _named(name: str) -> str:
    """Name a detail; a day of the shop's own is kept by its date."""
    day = read_day(name)
    return str(_DETAILS.get(name, name)) if day is None else str(gettext("day %(day)s", day=day_and_month(day)))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, dict):
        return ", ".join(f"{_named(name)} {_changed(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    return "—" if value in (None, "") else str(_VALUES.get(value, value))


def _changed(change: Any) -> str:
    """Say what something was and is, given as a pair."""
    if isinstance(change, list) and len(change) == 2:
        return f"{_said(change[0])} → {_said(change[1])}"
    return _said(change)
