"""What a column of a file may hold."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a column holds."""

    NOTHING = ""
    NAME = "nombre"
    """The whole name; with surnames beside it and no first names, the first names."""
    GIVEN = "nombres"
    """The first names, which with the surnames are the name where no whole one is given."""
    SURNAME = "apellido"
    PHONE = "telefono"
    DOCUMENT = "documento"
    TAGS = "etiquetas"
    CONSENT = "acepta"
    """Whether somebody wants messages."""
    REFUSAL = "rechaza"
    """Whether somebody wants none."""
    ACTIVE = "activo"
    INACTIVE = "inactivo"
    FIELD = "campo"
    """One of the account's own fields: `Layout.own` says which."""


ANSWERS = (Role.CONSENT, Role.REFUSAL, Role.ACTIVE, Role.INACTIVE)
"""Those of which a cell says yes or no."""
