"""Cells that say whether somebody wants messages, or is a client still, as people and programs write it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...values.text import fold
from ..cells import tidy
from .roles import Role

_YES = re.compile(r"si|s|yes|y|true|t|verdader[oa]|v|1|x|ok")
_NO = re.compile(r"no|n|false|f|fals[oa]|0")
# What says it whatever the title asks.
_ON = re.compile(
    r"acept[ao]|aceptado|accept(s|ed)|autoriz[ao]|autorizado|activ[oa]|active|vigente|habilitad[oa]|enabled"
    r"|subscribed|suscrit[oa]|granted|allowed|opt(ed)?[ -]?in|si,? (acepta|autoriza|quiere)( mensajes)?|quiere mensajes"
)
_OFF = re.compile(
    r"no (acepta|autoriza|quiere)( mensajes)?|inactiv[oa]|inactive|(never|not|no|un)[ _-]?subscribed"
    r"|(nunca|no) suscrit[oa]|desuscrit[oa]|declined"
    r"|rejected|rechaz[ao]|rechazado|disabled|deshabilitad[oa]|bloquead[oa]|blocked|retirad[oa]|cancelad[oa]|denied"
    r"|revoked|(dad[oa] )?(de )?baja|opt(ed)?[ -]?out|suspendid[oa]|archivad[oa]|archived|never"
)


def turns_off(role: Role, cell: str) -> bool | None:
    """Return whether a cell says that somebody wants no messages, or is no client; None where it says neither."""
    said = fold(tidy(cell)).strip(" .!*")
    if _OFF.fullmatch(said):
        return True
    if _ON.fullmatch(said):
        return False
    if not (yes := _YES.fullmatch(said)) and not _NO.fullmatch(said):
        return None
    return bool(yes) is (role in (Role.REFUSAL, Role.INACTIVE))


def are_answers(role: Role, cells: Iterable[str]) -> bool:
    """Return whether all cells can be read."""
    return all(turns_off(role, cell) is not None for cell in cells)
