"""What is behind a figure, whole, as files for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext
from sqlalchemy import ColumnElement, Engine, select

from ...audit_log import Actor, Thing, record
from ...campaigns.certificate import COLUMNS, Reader
from ...database.paging import read_in_batches
from ...extensions import unit_of_work
from ...models import Accion, Baja, SMSLog
from ...web.csv_export import Rows
from ..counted.quarters import Span
from .lists import Asked, Purchase, chosen_purchases, entered_in, of_messages


def note_handing_out(filename: str, *, by: Actor) -> None:
    """Note in the audit that names or numbers are handed out: before the first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        record(session, by, Accion.CLIENTS_EXPORTED, Thing("informe", name=filename))


def messages(engine: Engine, campaigns: Sequence[tuple[int, str]], asked: Asked, reader: Reader) -> Iterator[Rows]:
    """Return the messages that a figure counts with their titles, campaign by campaign, a batch at a time.

    `campaigns`: the id and the name of each.
    """
    return _messages(engine, campaigns, asked, reader, [*reader.titles, gettext("Campaign")])


def purchases(engine: Engine, which: Sequence[ColumnElement[bool]], reader: Reader) -> Iterator[Rows]:
    """Return the purchases that a figure counts with their titles, in the order of their entry, a batch at a time."""
    titles = [gettext("Client"), gettext("When"), gettext("Pesos"), gettext("What")]
    return _purchases(engine, which, reader, [*titles, gettext("Campaign"), gettext("Sent")])


def opt_outs(engine: Engine, account_id: int, span: Span, reader: Reader) -> Iterator[Rows]:
    """Return the numbers that opted out in some time with their titles, the first one first, a batch at a time."""
    titles = [gettext("Number"), gettext("How it came"), gettext("Since")]
    return _opt_outs(engine, account_id, span, reader, titles)


def _messages(
    engine: Engine, campaigns: Sequence[tuple[int, str]], asked: Asked, reader: Reader, titles: Sequence[str]
) -> Iterator[Rows]:
    yield [titles]
    which = [*of_messages(asked)]
    for campaign_id, name in campaigns:
        for batch in read_in_batches(engine, select(*COLUMNS).where(SMSLog.campana_id == campaign_id, *which)):
            yield [[*reader.cells(row), name] for row in batch]


def _purchases(
    engine: Engine, which: Sequence[ColumnElement[bool]], reader: Reader, titles: Sequence[str]
) -> Iterator[Rows]:
    yield [titles]
    for batch in read_in_batches(engine, chosen_purchases(which)):
        yield [_bought(Purchase(*row), reader) for row in batch]


def _bought(purchase: Purchase, reader: Reader) -> list[object]:
    return [
        purchase.client_name,
        reader.moment(purchase.when),
        purchase.pesos,
        purchase.concept,
        purchase.campaign_name,
        reader.moment(purchase.sent),
    ]


def _opt_outs(engine: Engine, account_id: int, span: Span, reader: Reader, titles: Sequence[str]) -> Iterator[Rows]:
    yield [titles]
    entries = entered_in(account_id, span).with_only_columns(Baja.id, Baja.telefono_e164, Baja.origen, Baja.creado)
    for batch in read_in_batches(engine, entries):
        yield [[reader.number(number), origin, reader.moment(since)] for _, number, origin, since in batch]
