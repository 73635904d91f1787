"""Tags: the short words by which an account groups its clients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..extensions import db
from ..models import Etiqueta
from ..tenancy import owned
from ..text import clean_line, fold

LONGEST_TAG = 40


def tag_key(name: str) -> str:
    """Answer what makes a tag the same tag: its name folded."""
    return fold(clean_line(name))[:LONGEST_TAG]


def list_tags(session: Session, account_id: int) -> Sequence[Etiqueta]:
    """Answer the account's tags by name."""
    return session.scalars(owned(Etiqueta, account_id).order_by(Etiqueta.clave)).all()


def find_or_create_tags(session: Session, account_id: int, names: Iterable[str]) -> list[int]:
    """Answer the ids of the tags with these names, in the names' order; what is missing is stored."""
    wanted = {tag_key(name): clean_line(name)[:LONGEST_TAG] for name in names if tag_key(name)}
    found = select(Etiqueta).where(Etiqueta.usuario_id == account_id, Etiqueta.clave.in_(wanted))
    known = {tag.clave: tag.id for tag in session.scalars(found)}
    for key in wanted.keys() - known.keys():
        tag = Etiqueta(nombre=wanted[key], clave=key, usuario_id=account_id)
        session.add(tag)
        session.flush()
        known[key] = tag.id
    return [known[key] for key in wanted]


def tag_names(account_id: int) -> dict[int, str]:
    """Answer the names of the account's tags by their ids, sorted by name."""
    return {tag.id: tag.nombre for tag in list_tags(db.session(), account_id)}
