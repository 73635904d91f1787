"""Drafts: finding, listing and deleting them; an admin sees those of the whole account, anybody else their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from ..database.paging import Page, page_of
from ..errors import NotFound
from ..extensions import db, unit_of_work
from ..models import Borrador, CampanaSMS, SMSLog, Usuario
from ..tenancy import owned
from .typed import MOST_CLIENTS, Content

DRAFTS_A_PAGE = 50


@dataclass(frozen=True)
class Writer:
    """Who writes, and of which account."""

    account_id: int
    person_id: int
    sees_all: bool
    """Whether the drafts of everybody in the account are theirs to read and to change."""

    @classmethod
    def of(cls, person: Usuario) -> Writer:
        """Return a person as a writer."""
        return cls(person.account_id, person.id, person.is_admin)


def list_page(writer: Writer, before: int | None) -> Page[Borrador]:
    """List a page of the drafts that somebody may see, the last written first: those that come after the id `before`.

    A draft into which nothing was typed yet is none for people.
    """
    drafts = _visible(writer).where(Borrador.resumen != "")
    if before is not None:
        written = select(Borrador.cambiado).where(Borrador.id == before).scalar_subquery()
        drafts = drafts.where(tuple_(Borrador.cambiado, Borrador.id) < tuple_(written, before))
    latest = drafts.order_by(Borrador.cambiado.desc(), Borrador.id.desc()).limit(DRAFTS_A_PAGE + 1)
    return page_of(db.session.scalars(latest).all(), DRAFTS_A_PAGE)


def authors_of(drafts: Sequence[Borrador]) -> dict[int, Usuario]:
    """Return who wrote the drafts, by their ids."""
    written_by = {draft.creado_por_id for draft in drafts}
    return {person.id: person for person in db.session.scalars(select(Usuario).where(Usuario.id.in_(written_by)))}


def find_draft(writer: Writer, key: UUID) -> Borrador | None:
    """Return the draft of a key; None where nothing is stored under it.

    Raises NotFound where it is somebody else's.
    """
    return find_among(owned(Borrador, writer.account_id), db.session(), writer, str(key))


def get_draft(writer: Writer, key: UUID) -> Borrador:
    """Return the draft of a key.

    Raises NotFound.
    """
    draft = find_draft(writer, key)
    if draft is None:
        raise NotFound
    return draft


def find_among(query: Select[Borrador], session: Session, writer: Writer, key: str) -> Borrador | None:
    """Return the draft of a key among those of a query.

    Raises NotFound where it is somebody else's.
    """
    draft = session.scalar(query.where(Borrador.clave == key))
    if draft is not None and not (writer.sees_all or draft.creado_por_id == writer.person_id):
        raise NotFound
    return draft


def delete_draft(writer: Writer, key: UUID) -> Borrador:
    """Delete a draft, and answer what it was.

    Raises NotFound.
    """
    with unit_of_work() as session:
        draft = get_draft(writer, key)
        session.delete(draft)
    return draft


def sent_as(session: Session, account_id: int, key: str) -> CampanaSMS | None:
    """Return the campaign that the draft of a key has become; None where it has not been sent."""
    of_key = owned(CampanaSMS, account_id).where(CampanaSMS.clave_formulario == key)
    return session.scalar(of_key.order_by(CampanaSMS.id).limit(1))


def content_of(draft: Borrador) -> Content:
    """Return what a draft holds."""
    return Content.of_stored(draft.campos)


def clients_of(session: Session, campaign: CampanaSMS) -> tuple[int, ...]:
    """List the clients of a campaign who are still there, in its order; no more than a draft may have."""
    theirs = select(SMSLog.cliente_id).where(SMSLog.campana_id == campaign.id, SMSLog.cliente_id.is_not(None))
    found = session.scalars(theirs.order_by(SMSLog.id).limit(MOST_CLIENTS + 1))
    return tuple(client_id for client_id in found if client_id is not None)


def _visible(writer: Writer) -> Select[Borrador]:
    drafts = owned(Borrador, writer.account_id)
    return drafts if writer.sees_all else drafts.where(Borrador.creado_por_id == writer.person_id)
