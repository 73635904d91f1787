"""What fills the placeholders of an account's texts: its shop, its fields, and what the database knows of clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, Subquery, Text, and_, cast, false, func, literal, null, or_
from sqlalchemy.orm import Session

from ..fields.naming import placeholder_of
from ..fields.services import list_fields
from ..fields.values import raw_value
from ..messaging.personalization import Shared, Template, template_of
from ..messaging.template_placeholders import Placeholder
from ..messaging.wording import Kind
from ..models import Cliente, Cuenta, Usuario, ValorDeCampo
from ..models.types import utc_now
from ..values.days import day_of
from ..web.i18n import DEFAULT_LANGUAGE, zone_of

Columns = Mapping[Placeholder, ColumnElement[Any]]
"""The stored values of a client, by their placeholders."""


@dataclass(frozen=True)
class Filling:
    """What all texts of an account share, and where the values of its clients are found."""

    shared: Shared
    field_ids: Mapping[str, int]

    def template(self, text: str) -> Template:
        """Return the template of a text."""
        return template_of(text, self.shared)

    def columns(self, templates: Sequence[Template]) -> Columns:
        """Return what a statement about clients selects of them, so that each template can be filled in."""
        stored = dict.fromkeys(placeholder for template in templates for placeholder in template.stored)
        return {placeholder: self._column(placeholder) for placeholder in stored}

    def beside(self, chosen: Subquery, template: Template) -> tuple[FromClause, Columns]:
        """Join what a template uses to clients, of whom `cliente_id` and `ultima_compra` are selected.

        As a join, so that PostgreSQL may read the values of very many at once.
        """
        joined: FromClause = chosen
        columns: dict[Placeholder, ColumnElement[Any]] = {}
        for placeholder in template.stored:
            if placeholder.kind is Kind.MOMENT:
                columns[placeholder] = cast(chosen.c.ultima_compra, String)
                continue
            value = ValorDeCampo.__table__.alias(f"valor_{placeholder.name}")
            of_client = and_(
                value.c.campo_id == self.field_ids[placeholder.name], value.c.cliente_id == chosen.c.cliente_id
            )
            joined = joined.outerjoin(value, of_client)
            columns[placeholder] = value.c.valor
        return joined, columns

    def _column(self, placeholder: Placeholder) -> ColumnElement[Any]:
        if placeholder.kind is Kind.MOMENT:
            return cast(Cliente.ultima_compra, String)
        return raw_value(self.field_ids[placeholder.name])


def filling_of(session: Session, account_id: int) -> Filling:
    """Return what fills the texts of an account now."""
    owner = session.get_one(Usuario, account_id)
    zone = zone_of(session.get(Cuenta, account_id))
    fields = list_fields(session, account_id)
    own = tuple(placeholder_of(field) for field in fields)
    year = day_of(utc_now(), zone).date.year
    shared = Shared(owner.shop, owner.idioma or DEFAULT_LANGUAGE, zone.key, year, own)
    return Filling(shared, {field.clave: field.id for field in fields})


def as_json(columns: Columns, dialect: str) -> ColumnElement[str | None]:
    """Return a client's values as a message keeps them; null where there are none to keep."""
    if not columns:
        return cast(null(), Text)
    pairs = [part for each, value in columns.items() for part in (literal(each.name, Text), value)]
    if dialect == "sqlite":
        return func.json_object(*pairs, type_=Text)
    return cast(func.json_build_object(*pairs), Text)


def lacks(template: Template, columns: Columns) -> ColumnElement[bool]:
    """Say whether a client has no value that the text cannot do without."""
    required = [columns[placeholder].is_(None) for placeholder in template.required]
    return or_(*required) if required else false()


def length_of_values(template: Template, columns: Columns, nombre: ColumnElement[str]) -> ColumnElement[int]:
    """Return how long in all is what is put into the text for a client, weighed as the template says."""
    lengths = [
        weight * func.coalesce(func.length(columns.get(placeholder, nombre)), 0)
        for placeholder, weight in template.weights().items()
    ]
    return sum(lengths[1:], lengths[0]) if lengths else literal(0)
