"""Retention: messages of campaigns that ended long ago lose their texts, names and numbers; old answers and uploads go.

Small batches with rests between them: whoever wants to write waits for one batch at most. What is done is done, so
that a sweep that was cut short goes on where it was.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat

from sqlalchemy import Connection, Engine, Row, Select, delete, func, select, update
from sqlalchemy.orm import Session

from ..audit_log import NOBODY, Thing, record
from ..database.paging import read_in_batches
from ..database.transactions import read_transaction, write_transaction
from ..database.turns import taking_turns
from ..drafts import personal as drafts
from ..errors import DomainError
from ..extensions import db
from ..importing import services as imports
from ..importing.storage.kept import Storage
from ..models import (
    ENDED,
    Accion,
    CampanaSMS,
    Cuenta,
    EstadoCampana,
    EstadoImportacion,
    EstadoSMS,
    Importacion,
    MensajeEntrante,
    Respuesta,
    SMSLog,
)
from ..models.types import utc_now
from ..sending import control
from ..sending.law.advertised import KEPT, forget
from ..sending.states import lock_campaigns
from ..web import kept_forms
from ..web.counting import in_database as counts
from . import own_messages
from .blanking import IN_FLIGHT, blank

BATCH = 200
"""Messages blanked at once: some 20 ms of work."""

UPLOADS_KEPT = timedelta(days=7)
"""How long an import may wait for somebody to go on with it."""

HEARD_KEPT = timedelta(days=365)
"""How long a message that was heard is known by its SID; whoever kept Twilio's request could post it again after."""

Due = Row[int, str, int, int]
"""A campaign's id, name, account and number of messages."""

_UNATTENDED = (EstadoImportacion.SUBIDA, EstadoImportacion.REVISADA)
_SETTLED = tuple(state for state in EstadoSMS if state not in IN_FLIGHT)


@dataclass
class Swept:
    """What a sweep did."""

    campaigns: int = 0
    messages: int = 0
    imports: int = 0
    answers: int = 0


def sweep(storage: Storage, told_to_stop: Callable[[], bool] = lambda: False) -> Swept:
    """Blank what is due in every account, cancel the imports and delete the drafts that nobody went on with."""
    done = Swept()
    own_messages.sweep(db.engine)
    drafts.sweep(db.engine)
    kept_forms.sweep(db.engine)
    counts.sweep(db.engine)
    for campaign in _due(db.engine):
        for blanked in _blank_campaign(db.engine, campaign.id):
            done.messages += blanked
            if told_to_stop():
                return done
        done.campaigns += _close(db.engine, campaign)
    done.answers = _forget_answers(db.engine)
    done.imports = _cancel_unattended(storage)
    _forget_heard(db.engine)
    _forget_advertised(db.engine)
    return done


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same day and hour so many months earlier; where that month is shorter, its last day."""
    year, month = divmod(max(moment.year * 12 + moment.month - 1 - months, 12), 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _due(engine: Engine) -> list[Due]:
    """List the campaigns whose messages were kept as long as their account wants."""
    found: list[Due] = []
    with read_transaction(engine) as connection:
        for account_id, before in _kept_since(connection):
            found += connection.execute(_ended_before(account_id, before)).all()
    return found


def _kept_since(connection: Connection) -> list[tuple[int, datetime]]:
    """List the accounts that settled for how long they keep things, each with the moment from which on it does."""
    settled = select(Cuenta.usuario_id, Cuenta.meses_de_retencion).where(Cuenta.meses_de_retencion.is_not(None))
    rows = connection.execute(settled)
    return [(account_id, months_before(utc_now(), months or 0)) for account_id, months in rows]


def _ended_before(account_id: int, moment: datetime) -> Select[int, str, int, int]:
    ended = func.coalesce(
        CampanaSMS.completado, CampanaSMS.actualizado, CampanaSMS.creado, type_=CampanaSMS.creado.type
    )
    return (
        select(CampanaSMS.id, CampanaSMS.nombre, CampanaSMS.usuario_id, CampanaSMS.total_clientes)
        .where(
            CampanaSMS.usuario_id == account_id,
            ~CampanaSMS.es_prueba,
            CampanaSMS.estado.in_(ENDED),
            CampanaSMS.enviando == 0,
            CampanaSMS.depurada.is_(None),
            ended < moment,
        )
        .order_by(CampanaSMS.id)
    )


def _blank_campaign(engine: Engine, campaign_id: int) -> Iterator[int]:
    """Blank a campaign's messages batch by batch; give how many each had."""
    _give_up(engine, campaign_id)
    for state in _SETTLED:
        for messages in taking_turns(read_in_batches(engine, _to_blank(campaign_id, state), BATCH), rest=1.0):
            with write_transaction(engine) as connection:
                blank(connection, messages)
            yield len(messages)


def _give_up(engine: Engine, campaign_id: int) -> None:
    """Cancel a campaign that an error stopped and nobody resumed: what waits in it is not sent after so long."""
    stopped = select(CampanaSMS.id).where(
        CampanaSMS.id == campaign_id, CampanaSMS.estado == EstadoCampana.ERROR, CampanaSMS.pendientes > 0
    )
    with write_transaction(engine) as connection:
        lock_campaigns(connection, [campaign_id])
        if connection.scalar(stopped) is not None:
            control.cancel(connection, campaign_id)


def _to_blank(campaign_id: int, state: EstadoSMS) -> Select[int, str | None]:
    return select(SMSLog.id, SMSLog.telefono_e164).where(
        SMSLog.campana_id == campaign_id, SMSLog.estado == state, SMSLog.nombre != ""
    )


def _close(engine: Engine, campaign: Due) -> bool:
    """Note that a campaign is blanked, in the audit too; return whether it is now: one that was resumed is not."""
    of_campaign = CampanaSMS.id == campaign.id, CampanaSMS.depurada.is_(None)
    settled = *of_campaign, CampanaSMS.pendientes == 0, CampanaSMS.enviando == 0
    with write_transaction(engine) as connection, Session(connection) as session:
        if connection.execute(update(CampanaSMS).where(*settled).values(depurada=utc_now())).rowcount == 0:
            return False
        thing = Thing("campana_sms", campaign.id, campaign.nombre, campaign.usuario_id)
        count = campaign.total_clientes
        record(session, NOBODY, Accion.MESSAGES_BLANKED, thing, mensajes=count)
        session.flush()
    return True


def _forget_answers(engine: Engine) -> int:
    """Delete the answers that were kept as long as their account wants, batch by batch; return how many."""
    with read_transaction(engine) as connection:
        kept_since = _kept_since(connection)
    return sum(_forget_answers_of(engine, account_id, before) for account_id, before in kept_since)


def _forget_answers_of(engine: Engine, account_id: int, before: datetime) -> int:
    due = select(Respuesta.id).where(Respuesta.usuario_id == account_id, Respuesta.recibida < before)
    forgotten = 0
    for answers in taking_turns(read_in_batches(engine, due, BATCH), rest=1.0):
        with write_transaction(engine) as connection:
            forgotten += connection.execute(
                delete(Respuesta).where(Respuesta.id.in_([row.id for row in answers]))
            ).rowcount
    return forgotten


def _forget_heard(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        connection.execute(delete(MensajeEntrante).where(MensajeEntrante.recibido < utc_now() - HEARD_KEPT))


def _forget_advertised(engine: Engine) -> None:
    """Forget who got an advertisement on days that no cap looks back at."""
    before = utc_now().date() - KEPT
    for most in taking_turns(repeat(BATCH), rest=1.0):
        with write_transaction(engine) as connection:
            forgotten = forget(connection, before, most)
        if forgotten < most:
            return


def _cancel_unattended(storage: Storage) -> int:
    """Cancel imports that were left at their columns or their review; their files go with them."""
    last_sign = func.coalesce(Importacion.latido, Importacion.creado, type_=Importacion.creado.type)
    left = select(Importacion.usuario_id, Importacion.id).where(
        Importacion.estado.in_(_UNATTENDED), last_sign < utc_now() - UPLOADS_KEPT
    )
    cancelled = 0
    for account_id, import_id in db.session.execute(left).all():
        try:
            imports.cancel(account_id, import_id, storage)
        except DomainError:
            continue  # somebody has just gone on with it
        cancelled += 1
    return cancelled
