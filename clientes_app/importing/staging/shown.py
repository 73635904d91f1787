"""The lines of an import as a page shows them: what becomes of each, whom it concerns, what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from ...client_files.cells import tidy
from ...client_files.columns import Layout
from ...client_files.rows import Row
from ...extensions import db
from ...fields.values import values_of
from ...models import CambioDeCliente, Cliente, Importacion
from ...tenancy import owned
from ...values import phone
from ...values.phone_lines import PhoneProblem
from ..jobs import Surroundings
from ..own_fields.in_words import Told, would_change
from ..own_fields.own_texts import UNREADABLE, OwnFields, OwnText
from ..storage.kept import Kept
from . import outcomes
from .lines_apart import Run
from .matching import FIELDS, changed
from .outcomes import Outcome
from .store import PAGE_SIZE, Staged, Staging
from .verdicts import Answer, Apart, Verdict

WITHOUT_MOBILE = "sin_celular"
"""Asks for the rows that are imported and get no SMS, whatever else becomes of them."""
WITH_OTHER_NUMBERS = "otros_numeros"
"""Asks for the rows that have more numbers than the one that is imported, as long as they are kept."""

_LONGEST_TEXT = 300


@dataclass(frozen=True)
class Line:
    """A row of the file, or a run of lines that are no rows."""

    number: int
    kind: Verdict | Apart
    last: int = 0
    """The last line of a run."""
    row: Row | None = None
    """What it says; no longer kept of one that was imported."""
    other: int | None = None
    """The row of the file that it is the same as, or that it is asked about."""
    other_name: str = ""
    client: Cliente | None = None
    """The client that it is, became or is asked about, as far as it still is there."""
    changes: Sequence[tuple[str, str, str]] = ()
    """Of a client: a field's name, its value before and after."""
    own: Sequence[OwnText] = ()
    """What it says of the account's own fields."""
    own_changes: Sequence[Told] = ()
    """The same as `changes`, of these."""
    answer: Answer = Answer.NONE
    without_mobile: bool = False
    phone_problem: PhoneProblem | None = None
    """Why the number that it says, or that its client has by now, gets no SMS."""
    text: str = ""
    """What stands in a line that is no row, or in a wrong one of which no single field is wrong."""


def page_of(row: Importacion, kind: str, after: int, place: Surroundings) -> tuple[list[Line], int | None]:
    """Return the next lines of a kind, and the number after which more follow."""
    staging = _kept(row, place).kept_staging()
    if staging is None:
        return [], None
    with staging:
        if kind in set(Apart):
            lines = [_line_apart(run) for run in staging.page_apart(Apart(kind), after)]
        else:
            lines = _rows(row, staging, kind, after, place.region)
    return lines, lines[-1].number if len(lines) == PAGE_SIZE else None


def with_other_numbers(row: Importacion, place: Surroundings) -> int:
    """Count the rows that have more numbers than the one that is imported, as long as they are kept."""
    staging = _kept(row, place).kept_staging()
    if staging is None:
        return 0
    with staging:
        return staging.with_others()


def line_of(row: Importacion, staged: Staged, place: Surroundings) -> Line:
    """Return a staged row as it is shown."""
    with _kept(row, place).staging() as staging:
        return _staged_lines(row, staging, [staged], place.region)[0]


def _kept(row: Importacion, place: Surroundings) -> Kept:
    return place.storage.of(db.session.connection(), row.id, row.archivo)


def _rows(row: Importacion, staging: Staging, kind: str, after: int, region: str) -> list[Line]:
    """Return rows from where they are kept: with what they say, or without it where they were imported."""
    if kind == WITHOUT_MOBILE:
        staged, became = staging.page_without_mobile(after), outcomes.page_without_mobile(staging, after)
    elif kind == WITH_OTHER_NUMBERS:
        staged, became = staging.page_with_others(after), []
    else:
        staged = staging.page(_as_staged(row, Verdict(kind)), after)
        became = outcomes.page_of(staging, Verdict(kind), after)
    lines = _staged_lines(row, staging, staged, region) + _outcome_lines(row, became, region)
    return sorted(lines, key=lambda line: line.number)[:PAGE_SIZE]


def _as_staged(row: Importacion, verdict: Verdict) -> Verdict:
    """Return the verdict that rows have been staged with: whether clients stay as they are is said later."""
    return Verdict.UPDATE if verdict is Verdict.KEPT and row.deja_existentes else verdict


def _staged_lines(row: Importacion, staging: Staging, staged: Sequence[Staged], region: str) -> list[Line]:
    ids = [each.client_id or _became_client(staging, each) for each in staged]
    clients = _clients(row.usuario_id, ids)
    lines = [
        _staged_line(row, staging, each, clients.get(client_id or 0), region)
        for each, client_id in zip(staged, ids, strict=True)
    ]
    own = OwnFields(Layout.from_json(row.columnas).own)
    return _with_own_fields(lines, own) if own else lines


def _with_own_fields(lines: Sequence[Line], own: OwnFields) -> list[Line]:
    before = values_of(db.session(), sorted({line.client.id for line in lines if line.client}))
    return [
        replace(
            line,
            own=own.told(line.row),
            own_changes=would_change(before.get(line.client.id, {}), own, line.row) if line.client else (),
        )
        for line in lines
        if line.row
    ]


def _became_client(staging: Staging, staged: Staged) -> int | None:
    """Return the client that the row became which another is asked about."""
    return outcomes.client_of(staging, staged.other) if staged.other and _names_another(staged) else None


def _names_another(staged: Staged) -> bool:
    """Return whether a row is shown with the one that it is asked about, answered for or not."""
    return staged.verdict is Verdict.ASKED or staged.answer is not Answer.NONE


def _staged_line(row: Importacion, staging: Staging, staged: Staged, client: Cliente | None, region: str) -> Line:
    kept = staged.verdict is Verdict.UPDATE and row.deja_existentes
    other = staging.get(staged.other) if staged.other and _names_another(staged) else None
    return Line(
        staged.number,
        Verdict.KEPT if kept else staged.verdict,
        row=staged.row,
        other=staged.other,
        other_name=other.row.nombre if other else "",
        client=client,
        changes=_would_change(client, staged.row) if client else (),
        answer=staged.answer,
        without_mobile=not staged.row.fault and not staged.row.telefono_e164,
        phone_problem=phone.problem(staged.row.telefono, region),
        text="" if _is_told_by_field(staged.row) else " · ".join(filter(None, map(tidy, staged.cells)))[:_LONGEST_TEXT],
    )


def _is_told_by_field(row: Row) -> bool:
    return bool(row.faulty_field) or row.fault == UNREADABLE


def _outcome_lines(row: Importacion, became: Sequence[Outcome], region: str) -> list[Line]:
    clients = _clients(row.usuario_id, (each.client_id for each in became))
    told = _told(row.id, [each.client_id for each in became if each.verdict is Verdict.UPDATE])
    return [
        Line(
            each.number,
            each.verdict,
            client=clients.get(each.client_id or 0),
            changes=_changed(told.get(each.client_id or 0, {})),
            own_changes=_own_changed(told.get(each.client_id or 0, {})),
            without_mobile=each.without_mobile,
            phone_problem=_problem_of(clients.get(each.client_id or 0), region),
        )
        for each in became
    ]


def _problem_of(client: Cliente | None, region: str) -> PhoneProblem | None:
    return phone.problem(client.telefono, region) if client and not client.telefono_e164 else None


def _line_apart(run: Run) -> Line:
    return Line(run.first, run.kind, last=run.last, text=run.text)


def _clients(account_id: int, ids: Iterable[int | None]) -> dict[int, Cliente]:
    found = owned(Cliente, account_id).where(Cliente.id.in_({number for number in ids if number}))
    return {client.id: client for client in db.session.scalars(found)}


def _would_change(client: Cliente, row: Row) -> list[tuple[str, str, str]]:
    return [(name, getattr(client, name), value) for name, value in changed(client, row).items()]


def _told(import_id: int, client_ids: Sequence[int | None]) -> dict[int, Mapping[str, Any]]:
    """Return what the clients' stories tell of the import."""
    told = select(CambioDeCliente.cliente_id, CambioDeCliente.detalle).where(
        CambioDeCliente.cliente_id.in_(client_ids),
        CambioDeCliente.importacion_id == import_id,
        ~CambioDeCliente.deshace,
    )
    return dict(db.session.execute(told).all())


def _changed(told: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(name, told[name][0], told[name][1]) for name in FIELDS if name in told]


def _own_changed(told: Mapping[str, Any]) -> list[Told]:
    return [(name, was, now) for name, (was, now) in told.get("campos", {}).items()]
