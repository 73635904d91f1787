"""How a number came into the opt-out list, in words."""

from __future__ import annotations

from flask_babel import gettext

from ..models import OrigenBaja
from ..values.text import translatable
from . import bp

ORIGINS = {
    OrigenBaja.MENSAJE: translatable("The person answered so"),
    OrigenBaja.RESPUESTA: translatable("Asked for it in an answer"),
    OrigenBaja.ENLACE: translatable("By the link of a message"),
    OrigenBaja.TWILIO: translatable("Answered STOP"),
    OrigenBaja.ARCHIVO: translatable("An imported file said so"),
    OrigenBaja.NUMERO: translatable("The number does not work"),
    OrigenBaja.MANUAL: translatable("Added by hand"),
}


@bp.app_template_filter("opt_out_origin")
def origin_in_words(origin: OrigenBaja) -> str:
    """Say how a number came into the list."""
    return str(gettext(ORIGINS[origin]))
