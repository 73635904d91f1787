"""Keeping what is typed, from whichever page it comes: nothing that somebody typed is written over by another page.

A page says by what mark it knows the draft. Where the draft is another by now, because it is open on a second device
or has been sent, what was typed becomes a draft of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..extensions import unit_of_work
from ..models import Borrador, CampanaSMS
from ..models.types import utc_now
from ..tenancy import owned
from .services import Writer, clients_of, content_of, find_among, sent_as
from .typed import Content, Typing

MOST_DRAFTS = 100
"""Of one person; the one that was left alone longest makes room for a new one."""


@dataclass(frozen=True)
class Kept:
    """Where what was typed is now: in a draft, or in the campaign that it was sent as; in both where it differs."""

    draft: Borrador | None = None
    campaign: CampanaSMS | None = None
    apart: bool = False
    """Whether it is a new draft, because the one that the page knew is another by now."""
    beside: bool = False
    """Whether another text that stood in the page is a draft of its own by now."""


def keep(writer: Writer, typing: Typing) -> Kept:
    """Keep what a page sends.

    Raises NotFound where the draft is somebody else's, TooLarge where it is too much.
    """
    try:
        with unit_of_work() as session:
            return _keep(session, writer, typing)
    except IntegrityError:
        # The page sent it twice at one moment: the other one has made the draft.
        with unit_of_work() as session:
            return _keep(session, writer, typing)


def keep_if_typed(writer: Writer, typing: Typing) -> Kept:
    """Keep what a page sends by itself; where nothing was typed into it, it says nothing new.

    Raises what `keep` does.
    """
    return Kept() if typing.untouched else keep(writer, typing)


def keep_beside(writer: Writer, typing: Typing, text: str) -> None:
    """Keep a text that the page has no place for any more as a draft of its own, for the same clients.

    Raises what `keep` does.
    """
    with unit_of_work() as session:
        draft = find_among(owned(Borrador, writer.account_id), session, writer, typing.key)
        ticked, continues_id = (content_of(draft).client_ids, draft.continua_id) if draft else ((), None)
        content = typing.content.with_text(text).with_clients(typing.content.client_ids or ticked)
        _insert_apart(session, writer, typing, content, continues_id)


def begin(writer: Writer, content: Content, continues_id: int | None = None) -> Borrador:
    """Store a new draft.

    Raises TooLarge.
    """
    with unit_of_work() as session:
        return _insert(session, writer, Typing(str(uuid4()), "", 0, "", content), continues_id)


def _keep(session: Session, writer: Writer, typing: Typing) -> Kept:
    locked = owned(Borrador, writer.account_id).with_for_update(key_share=True)
    draft = find_among(locked.execution_options(populate_existing=True), session, writer, typing.key)
    return _keep_anew(session, writer, typing) if draft is None else _keep_in(session, writer, typing, draft)


def _keep_in(session: Session, writer: Writer, typing: Typing, draft: Borrador) -> Kept:
    # No page carries the clients that were ticked: they stay with the draft.
    content = typing.content.with_clients(typing.content.client_ids or content_of(draft).client_ids)
    if content.mark == draft.huella:
        return Kept(draft)
    if typing.page == draft.pagina:
        if typing.order >= draft.orden:  # else it was overtaken by a later request of the same page
            _write(draft, typing, content)
        return Kept(draft)
    if content_of(draft).typed_mark == typing.seen:
        _write(draft, typing, content)
        return Kept(draft)
    if typing.untouched:
        return Kept(draft)
    return Kept(_insert_apart(session, writer, typing, content, draft.continua_id), apart=True)


def _keep_anew(session: Session, writer: Writer, typing: Typing) -> Kept:
    """Keep what is typed where there is no draft, or none any more."""
    campaign = sent_as(session, writer.account_id, typing.key)
    if campaign is None:
        return Kept(_insert(session, writer, typing))
    content = typing.content
    if _ticked(content) and not content.client_ids:
        content = content.with_clients(clients_of(session, campaign))
    if typing.untouched or content.mark == campaign.huella:
        return Kept(campaign=campaign)
    return Kept(_insert_apart(session, writer, typing, content, campaign.continua_id), campaign, apart=True)


def _ticked(content: Content) -> bool:
    return ("destino", "marcados") in content.told


def _write(draft: Borrador, typing: Typing, content: Content) -> None:
    draft.campos, draft.resumen, draft.huella = content.stored(), content.summary, content.mark
    draft.pagina, draft.orden = typing.page, typing.order
    draft.cambiado = utc_now()


def _insert_apart(
    session: Session, writer: Writer, typing: Typing, content: Content, continues_id: int | None
) -> Borrador:
    apart = Typing(str(uuid4()), typing.page, typing.order, typing.seen, content)
    return _insert(session, writer, apart, continues_id)


def _insert(session: Session, writer: Writer, typing: Typing, continues_id: int | None = None) -> Borrador:
    draft = Borrador(
        clave=typing.key, continua_id=continues_id, creado_por_id=writer.person_id, usuario_id=writer.account_id
    )
    _write(draft, typing, typing.content)
    session.add(draft)
    session.flush()
    _make_room(session, writer)
    return draft


def _make_room(session: Session, writer: Writer) -> None:
    theirs = select(Borrador.id).where(Borrador.creado_por_id == writer.person_id)
    too_many = theirs.order_by(Borrador.cambiado.desc(), Borrador.id.desc()).offset(MOST_DRAFTS)
    # SQLite and PostgreSQL both take an OFFSET within IN; the first one only with a LIMIT beside it.
    session.execute(delete(Borrador).where(Borrador.id.in_(too_many.limit(MOST_DRAFTS))))
