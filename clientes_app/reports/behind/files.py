"""What is behind a figure, whole, as files for spreadsheets: in the order of the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flask_babel import gettext
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ...audit_log import Actor, Thing, record
from ...campaigns.certificate import COLUMNS, Reader
from ...database.paging import BATCH, Page, Shown, read_in_batches
from ...extensions import unit_of_work
from ...models import Accion, SMSLog
from ...opt_outs.origins import ORIGINS
from ...opt_outs.services import Entry
from ...web.csv_export import Rows
from ..counted.quarters import Span
from . import lists
from .lists import Asked, Purchase


def note_handing_out(filename: str, *, by: Actor) -> None:
    """Note in the audit that names or numbers are handed out: before the first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        record(session, by, Accion.CLIENTS_EXPORTED, Thing("informe", name=filename))


def messages(engine: Engine, campaigns: Sequence[tuple[int, str]], asked: Asked, reader: Reader) -> Iterator[Rows]:
    """Return the messages that a figure counts with their titles, campaign by campaign, a batch at a time.

    `campaigns`: the id and the name of each.
    """
    return _messages(engine, campaigns, asked, reader, [*reader.titles, gettext("Campaign")])


def purchases(engine: Engine, account_id: int, asked: Asked, reader: Reader) -> Iterator[Rows]:
    """Return the purchases that a figure counts with their titles, a batch at a time."""
    titles = [
        gettext("Client"),
        gettext("When"),
        gettext("Pesos"),
        gettext("What"),
        gettext("Campaign"),
        gettext("Sent"),
    ]

    def page(session: Session, last: Purchase | None) -> Page[Purchase]:
        return lists.purchases(session, account_id, asked, last.place if last else None, BATCH)

    return _paged(engine, titles, page, lambda purchase: _bought(purchase, reader))


def opt_outs(engine: Engine, account_id: int, span: Span, reader: Reader) -> Iterator[Rows]:
    """Return the numbers that opted out in some time with their titles, a batch at a time."""
    titles = [gettext("Number"), gettext("Client"), gettext("How it came"), gettext("Since")]

    def page(session: Session, last: Entry | None) -> Page[Entry]:
        return lists.opt_outs(session, account_id, span, last.id if last else None, BATCH)

    return _paged(engine, titles, page, lambda entry: _opted_out(entry, reader))


def _messages(
    engine: Engine, campaigns: Sequence[tuple[int, str]], asked: Asked, reader: Reader, titles: Sequence[str]
) -> Iterator[Rows]:
    yield [titles]
    which = [*lists.of_messages(asked)]
    for campaign_id, name in campaigns:
        for batch in read_in_batches(engine, select(*COLUMNS).where(SMSLog.campana_id == campaign_id, *which)):
            yield [[*reader.cells(row), name] for row in batch]


def _paged(
    engine: Engine,
    titles: Sequence[str],
    page: Callable[[Session, Shown | None], Page[Shown]],
    cells: Callable[[Shown], Sequence[object]],
) -> Iterator[Rows]:
    """Return a list page by page, each read in a session of its own: what is sent outlives its request.

    A page begins behind the last row of the one before, whether that row is still there or not.
    """
    yield [titles]
    last: Shown | None = None
    while True:
        with Session(engine) as session:
            found = page(session, last)
        yield [cells(each) for each in found.rows]
        if found.next is None:
            return
        last = found.rows[-1]


def _bought(purchase: Purchase, reader: Reader) -> Sequence[object]:
    return [
        purchase.client_name,
        reader.moment(purchase.when),
        purchase.pesos,
        purchase.concept,
        purchase.campaign_name,
        reader.moment(purchase.sent),
    ]


def _opted_out(entry: Entry, reader: Reader) -> Sequence[object]:
    origin = reader.say(ORIGINS[entry.origin])
    return [reader.number(entry.number), entry.client_name, origin, reader.moment(entry.since)]
