"""What a field is called in texts and in JSON: a word made of its name, which no other placeholder has."""

from __future__ import annotations

import re

from flask_babel import gettext

from ..errors import DomainError
from ..messaging.template_placeholders import BUILT_IN, WITHOUT_ACCENTS, Placeholder
from ..messaging.wording import Kind
from ..models import Campo
from ..values.spelling import searchable

LONGEST_NAME = 40

RESERVED = frozenset(
    {
        *(placeholder.name for placeholder in BUILT_IN),
        *("nombre", "primer_nombre", "telefono", "documento", "tienda", "ultima_compra", "total_compras"),
        *("id", "activo", "creado", "etiquetas", "enlace", "baja", "campos"),
    }
)
"""What texts and programs call something else."""

_NO_WORD = re.compile(r"[\W_]+")


class BadName(DomainError):
    """A name that no field may have."""


def placeholder_of(field: Campo) -> Placeholder:
    """Return what stands for a field's values in texts."""
    return Placeholder(field.clave, Kind(field.tipo), field.nombre)


def field_key(name: str) -> str:
    """Return the word that a name makes: "Fecha de cumpleaños" is `fecha_de_cumpleanos`."""
    return _NO_WORD.sub("_", searchable(name)).strip("_")[:LONGEST_NAME].rstrip("_")


def checked_key(name: str) -> str:
    """Return the word that a name makes.

    Raises BadName where it makes none, or one that means something else.
    """
    key = field_key(name)
    if not key:
        raise BadName(gettext("Write a name with letters or digits."))
    if key.removesuffix(WITHOUT_ACCENTS) in RESERVED or key.endswith(WITHOUT_ACCENTS):
        raise BadName(gettext("Clients have “%(name)s” already: write another name.", name=name))
    return key
