"""The sample shop's own fields: birthdays, most of them without a year, and sizes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from ..audit_log import NOBODY
from ..fields.services import NewField, add_field, lock_fields
from ..fields.values import store_values
from ..models import Cliente, TipoDeCampo

_SIZES = {"XS": 1, "S": 4, "M": 8, "L": 6, "XL": 2}
"""Each with how often it comes."""
_BORN, _WITH_YEAR, _SIZED = 0.75, 0.2, 0.6
"""The share of clients whose birthday is known, of these the share whose year is too, and of those with a size."""


def add_fields(session: Session, account_id: int, clients: Sequence[Cliente]) -> None:
    """Add the fields, and what they say of the clients."""
    birthday = add_field(session, account_id, NewField("Cumpleaños", TipoDeCampo.FECHA), by=NOBODY)
    size = add_field(session, account_id, NewField("Talla", TipoDeCampo.OPCION, tuple(_SIZES)), by=NOBODY)
    # Dice of their own, so that the rest of the shop stays as it was.
    dice = random.Random(20261130)  # noqa: S311 (the same shop every time)
    values: dict[int, dict[int, str]] = {client.id: {} for client in clients}
    for own in values.values():
        if dice.random() < _BORN:
            own[birthday.id] = _birthday(dice)
        if dice.random() < _SIZED:
            own[size.id] = dice.choices([*_SIZES], weights=[*_SIZES.values()])[0]
    store_values(session, lock_fields(session, account_id), values)


def _birthday(dice: random.Random) -> str:
    day = date(1960, 1, 1) + timedelta(days=dice.randrange(45 * 365))
    return day.isoformat() if dice.random() < _WITH_YEAR else f"--{day:%m-%d}"
