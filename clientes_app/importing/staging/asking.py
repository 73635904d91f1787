"""Answering for rows that are asked about, and saying whether clients that there are stay as they are."""

from __future__ import annotations

from flask_babel import gettext

from ...errors import Conflict, NotFound
from ...extensions import unit_of_work
from ...models import EstadoImportacion
from ..services import lock_import
from ..storage.kept import Storage
from . import decisions
from .staged_rows import count
from .store import Staged
from .verdicts import Answer, Verdict


def answer(account_id: int, import_id: int, number: int, said: Answer, storage: Storage) -> Staged:
    """Say who a row is that is asked about, or ask again.

    Raises NotFound where there is no such row, and Conflict where it is not asked about, or no longer.
    """
    with unit_of_work() as session:
        row = lock_import(session, account_id, import_id, EstadoImportacion.REVISADA)
        with storage.of(session.connection(), row.id, row.archivo).staging() as staging:
            _require_asked(staging.get(number))
            decisions.answer(staging, number, said)
            count(row, staging)
            staged = staging.get(number)
    assert staged is not None
    return staged


def answer_all(account_id: int, import_id: int, said: Answer, storage: Storage) -> None:
    """Say the same of all rows that are asked about; some at a time, so that nobody waits long for a turn to write.

    Raises NotFound and Conflict.
    """
    more = True
    while more:
        with unit_of_work() as session:
            row = lock_import(session, account_id, import_id, EstadoImportacion.REVISADA)
            with storage.of(session.connection(), row.id, row.archivo).staging() as staging:
                more = decisions.answer_next(staging, said)
                if not more:
                    count(row, staging)


def keep_existing(account_id: int, import_id: int, keeps: bool) -> None:  # noqa: FBT001 (it is the value)
    """Say whether clients that there are stay as they are.

    Raises NotFound and Conflict.
    """
    with unit_of_work() as session:
        row = lock_import(session, account_id, import_id, EstadoImportacion.REVISADA)
        if row.deja_existentes is not keeps:
            row.deja_existentes = keeps
            row.actualizadas, row.intactas = row.intactas, row.actualizadas


def _require_asked(staged: Staged | None) -> None:
    if staged is None:
        raise NotFound
    if staged.verdict is not Verdict.ASKED and staged.answer is Answer.NONE:
        raise Conflict(gettext("Nobody asks about this row."))
