"""Templates of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func

from ..database.paging import Page, page_of
from ..extensions import db, unit_of_work
from ..models import CampanaSMS, PlantillaSMS
from ..tenancy import delete_owned, get_owned, lock_owned, owned
from .filling import filling_of
from .preview import Preview, preview, sample_of
from .previewed import active_clients, audience_of

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Card:
    """A template as the list shows it."""

    template: PlantillaSMS
    preview: Preview
    """The message with the sample name, and what it takes for the account's clients."""
    clients: int
    """For how many of them it was counted; none where there are none."""
    last_used: datetime | None


def list_page(account_id: int, *, active: bool | None = None, before: int | None = None) -> Page[Card]:
    """List a page of the account's templates: those with that state, or all; older than the id `before`."""
    query = _newest_first(account_id, active=active)
    if before is not None:
        query = query.where(PlantillaSMS.id < before)
    page = page_of(db.session.scalars(query.limit(PAGE_SIZE + 1)).all(), PAGE_SIZE)
    return Page(_cards(account_id, page.rows), page.next)


def list_active(account_id: int) -> Sequence[PlantillaSMS]:
    """List every active template of the account, newest first."""
    return db.session.scalars(_newest_first(account_id, active=True)).all()


def get_template(account_id: int, template_id: int) -> PlantillaSMS:
    """Return a template of the account.

    Raises NotFound.
    """
    return get_owned(db.session(), PlantillaSMS, account_id, template_id)


def get_card(account_id: int, template_id: int) -> Card:
    """Return a template as the list shows it.

    Raises NotFound.
    """
    return _cards(account_id, [get_template(account_id, template_id)])[0]


def create_template(account_id: int, nombre: str, mensaje: str, *, activo: bool) -> PlantillaSMS:
    """Store a template; the values have been validated."""
    template = PlantillaSMS(nombre=nombre, mensaje=mensaje, activo=activo, usuario_id=account_id)
    with unit_of_work() as session:
        session.add(template)
    return template


def update_template(account_id: int, template_id: int, changes: Mapping[str, Any]) -> PlantillaSMS:
    """Change the given fields; the values have been validated.

    Raises NotFound.
    """
    with unit_of_work() as session:
        template = lock_owned(session, PlantillaSMS, account_id, template_id)
        for name, value in changes.items():
            setattr(template, name, value)
    return template


def delete_template(account_id: int, template_id: int) -> PlantillaSMS:
    """Delete a template and return what it was; campaigns keep their own text.

    Raises NotFound.
    """
    with unit_of_work() as session:
        return delete_owned(session, PlantillaSMS, account_id, template_id)


def _newest_first(account_id: int, *, active: bool | None) -> Select[PlantillaSMS]:
    query = owned(PlantillaSMS, account_id).order_by(PlantillaSMS.id.desc())
    return query if active is None else query.where(PlantillaSMS.activo.is_(active))


def _cards(account_id: int, templates: Sequence[PlantillaSMS]) -> list[Card]:
    last_used = _last_used(account_id, [template.id for template in templates])
    filling = filling_of(db.session(), account_id)
    texts = [filling.template(template.mensaje) for template in templates]
    audience, sample = audience_of(active_clients(account_id), filling, texts), sample_of(filling.shared)
    return [
        Card(template, preview(text, sample, audience), audience.count, last_used.get(template.id))
        for template, text in zip(templates, texts, strict=True)
    ]


def _last_used(account_id: int, template_ids: list[int]) -> dict[int | None, datetime]:
    campaigns = owned(CampanaSMS, account_id).where(CampanaSMS.plantilla_id.in_(template_ids))
    query = campaigns.with_only_columns(CampanaSMS.plantilla_id, func.max(CampanaSMS.creado))
    return dict(db.session.execute(query.group_by(CampanaSMS.plantilla_id)).all())
