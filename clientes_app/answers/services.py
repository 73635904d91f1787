"""What people wrote back: the list of it, what is read, and opting out whoever asks for it in their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session

from ..audit_log import Actor, record
from ..database.paging import Page, page_of
from ..errors import NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, Baja, CampanaSMS, Cliente, OrigenBaja, Respuesta
from ..models.types import utc_now
from ..opt_outs.clients_of_numbers import first_client, found_by
from ..sending.erased import hold_off_erasing
from ..sending.opt_outs import add_opt_outs
from ..tenancy import lock_owned, owned
from ..web.search_text import SearchText

PAGE_SIZE = 50
MOST_COUNTED = 99
"""So many unread ones are counted, and then it is said that there are more."""


@dataclass(frozen=True)
class Answer:
    """What somebody wrote back, with the first client who has the number, and the campaign that it answers."""

    id: int
    number: str
    text: str
    media: int
    received: datetime
    read: datetime | None
    client_id: int | None
    client_name: str | None
    campaign_id: int | None
    campaign_name: str | None
    opted_out: bool


def list_page(account_id: int, search: SearchText, before: int | None, *, unread_only: bool) -> Page[Answer]:
    """Return the answers that a search finds, newest first: those older than `before`."""
    found = _answers(account_id, search).order_by(Respuesta.id.desc())
    if unread_only:
        found = found.where(Respuesta.leida.is_(None))
    if before is not None:
        found = found.where(Respuesta.id < before)
    return page_of([Answer(*row) for row in db.session.execute(found.limit(PAGE_SIZE + 1))], PAGE_SIZE)


def list_after(account_id: int, after: int | None, most: int) -> Page[Answer]:
    """Return the answers that came after one of them, oldest first."""
    found = _answers(account_id, SearchText()).where(Respuesta.id > (after or 0)).order_by(Respuesta.id)
    return page_of([Answer(*row) for row in db.session.execute(found.limit(most + 1))], most)


def get_answer(account_id: int, answer_id: int) -> Answer:
    """Return an answer.

    Raises NotFound.
    """
    found = db.session.execute(_answers(account_id, SearchText()).where(Respuesta.id == answer_id)).first()
    if found is None:
        raise NotFound
    return Answer(*found)


def count_unread(account_id: int) -> int:
    """Return how many answers nobody has read; one more than `MOST_COUNTED` stands for all above it."""
    unread = owned(Respuesta, account_id).where(Respuesta.leida.is_(None)).with_only_columns(Respuesta.id)
    return db.session.scalar(select(func.count()).select_from(unread.limit(MOST_COUNTED + 1).subquery())) or 0


def mark(
    account_id: int,
    answer_id: int,
    read: bool,  # noqa: FBT001 (it is the value)
) -> None:
    """Note that an answer is read, or that it is not.

    Raises NotFound.
    """
    of_account = Respuesta.usuario_id == account_id, Respuesta.id == answer_id
    moment = func.coalesce(Respuesta.leida, utc_now()) if read else None
    with unit_of_work() as session:
        if session.execute(update(Respuesta).where(*of_account).values(leida=moment)).rowcount == 0:  # type: ignore[attr-defined]
            raise NotFound


def mark_all_read(account_id: int, up_to: int) -> None:
    """Note that all answers are read up to the last one that a person saw."""
    seen = Respuesta.usuario_id == account_id, Respuesta.id <= up_to, Respuesta.leida.is_(None)
    with unit_of_work() as session:
        session.execute(update(Respuesta).where(*seen).values(leida=utc_now()))


def opt_out(account_id: int, answer_id: int, *, by: Actor) -> None:
    """Enter the number of an answer into the account's opt-out list, and note that the answer is read.

    Raises NotFound.
    """
    with unit_of_work() as session:
        hold_off_erasing(session.connection())
        answer = lock_owned(session, Respuesta, account_id, answer_id)
        answer.leida = answer.leida or utc_now()
        _enter(session, account_id, answer.telefono_e164, by)


def _enter(session: Session, account_id: int, number: str, by: Actor) -> None:
    if add_opt_outs(session.connection(), [account_id], number, OrigenBaja.RESPUESTA):
        record(session, by, Accion.OPT_OUT_ADDED)


def _answers(
    account_id: int, search: SearchText
) -> Select[int, str, str, int, datetime, datetime | None, int, str, int, str, bool]:
    listed = exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == Respuesta.telefono_e164)
    return (
        owned(Respuesta, account_id)
        .outerjoin(Cliente, Cliente.id == first_client(account_id, Respuesta.telefono_e164, search))
        .outerjoin(CampanaSMS, CampanaSMS.id == Respuesta.campana_id)
        .where(*found_by(search, Respuesta.telefono_e164))
        .with_only_columns(
            Respuesta.id,
            Respuesta.telefono_e164,
            Respuesta.mensaje,
            Respuesta.adjuntos,
            Respuesta.recibida,
            Respuesta.leida,
            Cliente.id,
            Cliente.nombre,
            CampanaSMS.id,
            CampanaSMS.nombre,
            listed,
            maintain_column_froms=True,
        )
    )
