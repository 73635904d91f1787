"""The certificate of a campaign: its text, its sums, whether they hold, and everybody who got it, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_translations, gettext
from sqlalchemy import Engine, func, select

from ..audit_log import Actor, Thing, record
from ..database.paging import page_of, read_in_batches
from ..extensions import db, unit_of_work
from ..messaging.way_out import ending
from ..models import Accion, CampanaSMS, EstadoSMS, SMSLog
from ..sending.faults import RECEIPT_FAULTS, UNKNOWN_RECEIPT_FAULT
from ..values.pseudonym import is_pseudonym
from ..values.text import translatable
from ..web.csv_export import Rows
from .law.binding import excepted_by
from .verification import Verification

RECIPIENTS_A_PART = 1_000
"""On paper: a browser lays a page out whole before it prints it."""

COLUMNS = (
    SMSLog.id,
    SMSLog.nombre,
    SMSLog.telefono,
    SMSLog.telefono_e164,
    SMSLog.estado,
    SMSLog.recibo,
    SMSLog.recibo_codigo,
    SMSLog.error_codigo,
    SMSLog.error_mensaje,
    SMSLog.partes,
    SMSLog.actualizado,
    SMSLog.twilio_sid,
)
_TITLES = (
    translatable("Client"),
    translatable("Number"),
    translatable("State"),
    translatable("Reason"),
    translatable("Delivery"),
    translatable("SMS"),
    translatable("When"),
    translatable("Twilio's number"),
)
_STATES = {
    EstadoSMS.PENDIENTE: translatable("Pending"),
    EstadoSMS.ENVIANDO: translatable("Sending"),
    EstadoSMS.ENVIADO: translatable("Sent"),
    EstadoSMS.FALLIDO: translatable("Failed"),
    EstadoSMS.OMITIDO: translatable("Skipped"),
    EstadoSMS.INCIERTO: translatable("Uncertain"),
    EstadoSMS.CANCELADO: translatable("Cancelled"),
}
_DELIVERIES = {
    "delivered": translatable("Delivered to the phone"),
    "read": translatable("Delivered to the phone"),
    "undelivered": translatable("Not delivered"),
    "failed": translatable("Not delivered"),
    "partially_delivered": translatable("Delivered in part: not all of its SMS arrived"),
    "canceled": translatable("Cancelled at Twilio before it went out"),
}


class Reader:
    """The language and the zone in which a certificate is read; it outlives the request, as a download does."""

    def __init__(self, zone: ZoneInfo, write_number: Callable[[str], str]) -> None:
        self._catalogue = get_translations()
        self._zone, self._write_number = zone, write_number
        self.titles = [self.say(title) for title in _TITLES]
        self._erased, self._no_number = self.say(translatable("Erased")), self.say(translatable("No number"))
        self._erased_number = self.say(translatable("erased number"))

    def say(self, sentence: str) -> str:
        """Return a sentence in the language."""
        return str(self._catalogue.ugettext(sentence))

    def moment(self, value: datetime) -> str:
        """Write a moment as spreadsheets and people read it, in the shop's zone."""
        return f"{value.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    def number(self, number: str) -> str:
        """Write a number; one that was erased is not told."""
        return self._erased_number if is_pseudonym(number) else self._write_number(number)

    def cells(self, row: Any) -> list[Any]:
        """Return what a certificate says of one message, in the order of the titles."""
        return [
            row.nombre or self._erased,
            self._number(row),
            self.say(_STATES[row.estado]),
            self._with_code(row.error_mensaje, row.error_codigo),
            self._delivery(row),
            row.partes,
            self.moment(row.actualizado),
            row.twilio_sid,
        ]

    def _number(self, row: Any) -> str:
        if not row.telefono_e164:
            return str(row.telefono or self._no_number)
        return self.number(row.telefono_e164)

    def _delivery(self, row: Any) -> str:
        said = _DELIVERIES.get(row.recibo or "")
        if said is None:
            return ""
        if not row.recibo_codigo:
            return self.say(said)
        why = RECEIPT_FAULTS.get(row.recibo_codigo, UNKNOWN_RECEIPT_FAULT)
        return f"{self.say(said)}: {self._with_code(why, row.recibo_codigo)}"

    def _with_code(self, sentence: str | None, code: int | None) -> str:
        if not sentence:
            return ""
        return f"{self.say(sentence)} ({code})" if code else self.say(sentence)


@dataclass(frozen=True)
class Part:
    """Some of a campaign's recipients, as many as are printed at once."""

    first: int
    """Which in the campaign's order the first of them is, from 1."""
    rows: list[list[Any]]
    next: int | None
    """After which message the next part begins."""

    @property
    def last(self) -> int:
        """Return which in the campaign's order the last of them is."""
        return self.first + len(self.rows) - 1


def note_handing_out(campaign: CampanaSMS, how_many: int, *, by: Actor) -> None:
    """Note in the audit that names and numbers are handed out: before the first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        thing = Thing("campana_sms", campaign.id, campaign.nombre)
        record(session, by, Accion.CLIENTS_EXPORTED, thing, cuantos=how_many)


def sums(verification: Verification) -> list[tuple[str, int]]:
    """Return how many messages there are in each state that has some, in words, and how many in all."""
    counted = [(gettext(_STATES[EstadoSMS(state)]), count) for state, count in verification.rows.items() if count]
    return [*counted, (gettext("Total"), verification.total_clientes)]


def conclusion(verification: Verification) -> str:
    """Say in a sentence whether the sums hold."""
    if verification.holds:
        return str(gettext("The sums agree with the messages, and no number got two."))
    return str(gettext("The sums do not agree with the messages: ask whoever runs the server to look into it."))


def spreadsheet(engine: Engine, campaign: CampanaSMS, verification: Verification, reader: Reader) -> Iterator[Rows]:
    """Return the certificate a batch of rows at a time; nothing of it needs the request any more."""
    head = [
        [gettext("Campaign"), campaign.nombre],
        [gettext("Message"), campaign.mensaje + ending(campaign.pie)],
        [gettext("When"), reader.moment(campaign.creado)],
        *([[gettext("Scheduled for"), reader.moment(campaign.programada_para)]] if campaign.programada_para else []),
        *_kind(campaign),
        *sums(verification),
        [gettext("Checked"), conclusion(verification)],
        [],
        reader.titles,
    ]
    return _with_rows(engine, head, campaign.id, reader)


def _kind(campaign: CampanaSMS) -> list[list[str]]:
    """Say of which kind a campaign was, why it was no advertising, and who excepted it."""
    if campaign.tipo is None:
        return []
    kind = gettext("Service") if campaign.motivo_servicio else gettext("Advertising")
    name = excepted_by(db.session(), campaign)
    excepted = [[gettext("Sent as an exception by"), name]] if name else []
    return [[gettext("Kind"), *filter(None, [kind, campaign.motivo_servicio])], *excepted]


def part_of(campaign_id: int, after: int | None, reader: Reader) -> Part:
    """Return the recipients that are printed at once: those after a message, or the first."""
    mine = SMSLog.campana_id == campaign_id
    found = select(*COLUMNS).where(mine, SMSLog.id > (after or 0)).order_by(SMSLog.id)
    page = page_of(db.session.execute(found.limit(RECIPIENTS_A_PART + 1)).all(), RECIPIENTS_A_PART)
    before = db.session.scalar(select(func.count()).where(mine, SMSLog.id <= (after or 0))) or 0
    return Part(before + 1, [reader.cells(row) for row in page.rows], page.next)


def _with_rows(engine: Engine, head: Sequence[Sequence[Any]], campaign_id: int, reader: Reader) -> Iterator[Rows]:
    yield head
    for batch in read_in_batches(engine, select(*COLUMNS).where(SMSLog.campana_id == campaign_id)):
        yield [reader.cells(row) for row in batch]
