"""Where a field is used: by how many clients, in which texts, searches and campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..messaging.template_placeholders import Blank, vocabulary_with
from ..models import ENDED, Borrador, CampanaSMS, Campo, PlantillaSMS, Segmento, ValorDeCampo
from ..tenancy import owned
from ..values.text import composed
from .naming import placeholder_of


@dataclass(frozen=True)
class Uses:
    """What would miss a field that is gone; what has a name is listed by it."""

    clients: int
    templates: Sequence[str]
    drafts: Sequence[str]
    """Those without a name are called "" here."""
    campaigns: Sequence[str]
    """Those that have not ended."""
    segments: Sequence[str]

    @property
    def in_texts(self) -> bool:
        """Return whether a text that is still to be sent has the field's placeholder."""
        return bool(self.templates or self.drafts or self.campaigns)


def count_clients(session: Session, fields: Iterable[Campo]) -> dict[int, int]:
    """Return how many clients have a value of each field."""
    counted = (
        select(ValorDeCampo.campo_id, func.count())
        .where(ValorDeCampo.campo_id.in_([field.id for field in fields]))
        .group_by(ValorDeCampo.campo_id)
    )
    return dict(session.execute(counted).all())


def uses_of(session: Session, field: Campo) -> Uses:
    """Find out where a field is used."""
    return Uses(
        count_clients(session, [field]).get(field.id, 0),
        _templates(session, field),
        _drafts(session, field),
        _campaigns(session, field),
        _segments(session, field),
    )


def _templates(session: Session, field: Campo) -> list[str]:
    rows = session.scalars(owned(PlantillaSMS, field.usuario_id).order_by(PlantillaSMS.nombre))
    return [row.nombre for row in rows if _is_written(field, row.mensaje)]


def _drafts(session: Session, field: Campo) -> list[str]:
    rows = session.scalars(owned(Borrador, field.usuario_id).order_by(Borrador.id))
    return [row.resumen for row in rows if _is_drafted(field, row.campos)]


def _is_drafted(field: Campo, typed: dict[str, Any]) -> bool:
    return _is_written(field, typed.get("mensaje", "")) or _is_asked(field, (name for name, _ in typed.get("para", ())))


def _campaigns(session: Session, field: Campo) -> list[str]:
    going = owned(CampanaSMS, field.usuario_id).where(CampanaSMS.estado.not_in(ENDED)).order_by(CampanaSMS.id)
    return [row.nombre for row in session.scalars(going) if _is_needed(field, row)]


def _is_needed(field: Campo, campaign: CampanaSMS) -> bool:
    asked_then = (name for name, _ in campaign.publico or ())
    return _is_written(field, campaign.mensaje) or _is_asked(field, asked_then)


def _segments(session: Session, field: Campo) -> list[str]:
    rows = session.scalars(owned(Segmento, field.usuario_id).order_by(Segmento.nombre))
    return [row.nombre for row in rows if _is_asked(field, row.busqueda)]


def _is_written(field: Campo, text: str) -> bool:
    """Return whether a text has the field's placeholder, however it is written."""
    placeholder = placeholder_of(field)
    pieces = vocabulary_with((placeholder,)).pieces(composed(text))
    return any(isinstance(piece, Blank) and piece.placeholder == placeholder for piece in pieces)


def _is_asked(field: Campo, names: Iterable[str]) -> bool:
    """Return whether the names of a search's filters have one of the field's."""
    return any(name.removeprefix("no_").startswith(f"campo_{field.id}_") for name in names)
