"""What a column of a file may hold."""

from __future__ import annotations

from enum import StrEnum


class Contents(StrEnum):
    """What the rows of a file are."""

    CLIENTS = "clientes"
    SALES = "ventas"


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
    EITHER = "documento_o_celular"
    """A document in one row and a mobile number in another, of who bought."""
    TAGS = "etiquetas"
    CONSENT = "acepta"
    """Whether somebody wants messages."""
    REFUSAL = "rechaza"
    """Whether somebody wants none."""
    ACTIVE = "activo"
    INACTIVE = "inactivo"
    FIELD = "campo"
    """One of the account's own fields: `Layout.own` says which."""
    DAY = "fecha"
    """When a sale was made: the day, or the day and the hour."""
    HOUR = "hora"
    TOTAL = "total"
    CONCEPT = "concepto"
    RECEIPT = "recibo"
    """The till's own number of a sale."""


ANSWERS = (Role.CONSENT, Role.REFUSAL, Role.ACTIVE, Role.INACTIVE)
"""Those of which a cell says yes or no."""

OF_SALES = (Role.DAY, Role.HOUR, Role.TOTAL, Role.CONCEPT, Role.RECEIPT)
"""What is said of a sale, in the order in which rows keep it."""
OF_BUYERS = (Role.NAME, Role.GIVEN, Role.SURNAME, Role.PHONE, Role.DOCUMENT, Role.EITHER)
"""What is said of who bought."""
