"""A selection of clients as a file: CSV that is written while it is sent, or a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from ...audit_log import Actor, record
from ...client_files.cells import as_it_stands, kept
from ...client_files.meaning.tag_lists import join_tags
from ...extensions import unit_of_work
from ...fields.showing import typed_value
from ...fields.values import values_of
from ...models import Accion, Baja, Campo, Cliente, TipoDeCampo
from ...models.types import utc_now
from ...tenancy import Account
from ...web.csv_export import Rows
from ..tags.services import tags_of
from .batches import batch_query, batches, in_batch

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = {
    "nombre": lazy_gettext("Name"),
    "telefono": lazy_gettext("Number as typed"),
    "telefono_e164": lazy_gettext("Number with its country"),
    "documento": lazy_gettext("Document"),
    "etiquetas": lazy_gettext("Tags"),
    "activo": lazy_gettext("Active"),
    "creado": lazy_gettext("Client since"),
    "ultima_compra": lazy_gettext("Last purchase"),
    "total_compras": lazy_gettext("Total bought (COP)"),
    "baja": lazy_gettext("Wants no messages"),
}
"""What can be exported of every client, with what it is called; the account's own fields come after."""

_OWN = "campo-"
_EXACT_DIGITS = 15
"""Spreadsheets keep no more of a number."""

ROWS_A_SHEET = 1_000_000
"""Excel takes 1,048,576 (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3)."""

_BATCH = 2_000
_WIDTH = 22


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class Export:
    """Which clients, which of the columns and in what words: settled before the file begins."""

    account: Account
    client_ids: Sequence[int]
    columns: Sequence[str]
    headers: Sequence[str]
    yes: str
    no: str
    own: Mapping[int, TipoDeCampo]
    """What the account's own fields hold, of those that are exported."""

    @classmethod
    def of(
        cls, account: Account, client_ids: Sequence[int], columns: Sequence[str], fields: Sequence[Campo] = ()
    ) -> Export:
        """Settle an export in the language of the present request; columns stand in the order of `columns_of`."""
        names = {name: str(label) for name, label in columns_of(fields).items() if name in columns}
        own = {field.id: field.tipo for field in fields if column_of(field.id) in names}
        return cls(account, client_ids, list(names), list(names.values()), gettext("Yes"), gettext("No"), own)

    def filename(self, kind: Format) -> str:
        """Name the file after the present day."""
        return f"clientes-{utc_now().astimezone(self.account.zone):%Y-%m-%d}.{kind}"


def columns_of(fields: Sequence[Campo]) -> dict[str, object]:
    """Return what can be exported, the account's own fields included, with what it is called."""
    return {**COLUMNS, **{column_of(field.id): field.nombre for field in fields}}


def column_of(field_id: int) -> str:
    """Return what the column of one of the account's own fields is called in a form."""
    return f"{_OWN}{field_id}"


def note(export: Export, kind: Format, *, by: Actor) -> None:
    """Note in the audit that the file is handed out: before its first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        count, columns = len(export.client_ids), list(export.columns)
        record(session, by, Accion.CLIENTS_EXPORTED, cuantos=count, formato=kind.value, columnas=columns)


def csv_batches(engine: Engine, export: Export) -> Iterator[Rows]:
    """Return the clients with their titles, a batch at a time."""
    yield [export.headers]
    for rows in _batches_of_rows(engine, export):
        yield [[csv_cell(value) for value in row] for row in rows]


def write_workbook(engine: Engine, export: Export, file: IO[bytes], folder: Path) -> None:
    """Write the clients as XLSX, and what must be written on the way into a folder.

    Raises OSError where the disk is full.
    """
    # Imported here: the start of the app need not wait for it.
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", "tmpdir": str(folder)}
    rows = (row for batch in _batches_of_rows(engine, export) for row in batch)
    try:
        with Workbook(file, options) as workbook:
            fill_workbook(workbook, export.headers, rows)
    except FileCreateError as error:
        raise error.args[0] from error


def fill_workbook(workbook: Workbook, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Fill a workbook with rows; numbers of telephones stay text, and what begins like a formula too.

    A text is marked only where an import would not read it as it stands: nothing runs here, and people see the marks.
    """
    for place, row in enumerate(rows):
        line = place % ROWS_A_SHEET
        if line == 0:
            sheet = _add_sheet(workbook, headers)
        _write_row(sheet, line + 1, row)


def csv_cell(value: Any) -> Any:
    """Return a value as CSV holds it: a text so that an import reads it back as it is."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return kept(value) if isinstance(value, str) else value


def _add_sheet(workbook: Workbook, headers: Sequence[str]) -> Worksheet:
    sheet = workbook.add_worksheet()
    sheet.set_column(0, len(headers) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    bold = workbook.add_format({"bold": True})
    for place, header in enumerate(headers):
        sheet.write_string(0, place, header, bold)
    return sheet


def _write_row(sheet: Worksheet, line: int, row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(line, place, as_it_stands(value))
        elif isinstance(value, Decimal):
            sheet.write_number(line, place, value)
        elif value is not None:
            sheet.write_datetime(line, place, value)


def _batches_of_rows(engine: Engine, export: Export) -> Iterator[list[list[Any]]]:
    for ids in batches(export.client_ids, _BATCH):
        yield _rows(engine, export, ids)


def _rows(engine: Engine, export: Export, ids: Sequence[int]) -> list[list[Any]]:
    # A session of its own: the request's has ended while the file is still being sent.
    with Session(engine) as session:
        batch = batch_query(session.connection(), ids)
        opted_out = exists().where(Baja.usuario_id == export.account.id, Baja.telefono_e164 == Cliente.telefono_e164)
        found = select(*_FIELDS, opted_out.label("baja")).where(in_batch(export.account.id, batch))
        clients = session.execute(found.order_by(Cliente.id)).all()
        tags = tags_of(session, export.account.id, ids)
        own = values_of(session, ids) if export.own else {}
    names = {client_id: join_tags(tag.nombre for tag in given) for client_id, given in tags.items()}
    cells = (_cells(client, names, export) | _own_cells(own.get(client.id, {}), export) for client in clients)
    return [[client[name] for name in export.columns] for client in cells]


_FIELDS = (
    Cliente.id,
    Cliente.nombre,
    Cliente.telefono,
    Cliente.telefono_e164,
    Cliente.documento,
    Cliente.activo,
    Cliente.creado,
    Cliente.ultima_compra,
    Cliente.total_compras,
)


def _cells(client: Any, tags: Mapping[int, str], export: Export) -> dict[str, Any]:
    return {
        "nombre": client.nombre,
        "telefono": client.telefono,
        "telefono_e164": client.telefono_e164 or "",
        "documento": client.documento,
        "etiquetas": tags.get(client.id, ""),
        "activo": export.yes if client.activo else export.no,
        "creado": _local(client.creado, export.account.zone),
        "ultima_compra": _local(client.ultima_compra, export.account.zone),
        "total_compras": client.total_compras,
        "baja": export.yes if client.baja else export.no,
    }


def _own_cells(values: Mapping[int, str], export: Export) -> dict[str, Any]:
    return {column_of(field): _own_cell(kind, values.get(field, "")) for field, kind in export.own.items()}


def _own_cell(kind: TipoDeCampo, value: str) -> str | Decimal:
    """Return a value so that an import reads it again: three decimals behind a point would be thousands."""
    if kind is not TipoDeCampo.NUMERO or not value:
        return typed_value(kind, value)
    number = Decimal(value)
    is_exact = len(number.as_tuple().digits) <= _EXACT_DIGITS and number.as_tuple().exponent != -3
    return number if is_exact else typed_value(kind, value)


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    # Spreadsheets know no zones.
    return None if moment is None else moment.astimezone(zone).replace(tzinfo=None, microsecond=0)
