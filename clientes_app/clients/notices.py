"""What is said once a client is saved, and whether something about it is to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from ..models import Cliente
from ..opt_outs.services import opted_out
from ..values import phone
from ..values.phone_lines import PhoneProblem
from ..web.formatting import no_sms_reason
from . import services


@dataclass(frozen=True)
class Notice:
    """A sentence or several, and how they look."""

    text: str
    level: Literal["success", "warning"]


def why_no_sms(client: Cliente, region: str) -> PhoneProblem | None:
    """Return why the client cannot get an SMS, or None."""
    return None if client.telefono_e164 else phone.problem(client.telefono, region)


def no_sms_in_words(client: Cliente, region: str) -> str | None:
    """Say in a few words why the client's number gets no SMS, or None."""
    if problem := why_no_sms(client, region):
        return no_sms_reason(problem)
    return str(gettext("Wants no messages")) if _is_unwilling(client) else None


def saved(client: Cliente, region: str) -> Notice:
    """Say that a client is saved, and what of it may be a mistake."""
    doubts = [*_useless_number(client, region), *_unwilling(client), *_doubles(client)]
    said = gettext("%(name)s is saved.", name=client.nombre)
    return Notice(Markup(" ").join([said, *doubts]), "warning" if doubts else "success")


def _useless_number(client: Cliente, region: str) -> list[str]:
    problem = why_no_sms(client, region)
    if problem in (None, PhoneProblem.EMPTY):
        return []
    return [gettext("Watch out: no SMS reaches this number."), f"{no_sms_reason(problem)}."]


def _unwilling(client: Cliente) -> list[str]:
    if _is_unwilling(client):
        return [gettext("This number asked for no more messages: no campaign is sent to it.")]
    return []


def _is_unwilling(client: Cliente) -> bool:
    return bool(client.telefono_e164 and opted_out(client.usuario_id, [client.telefono_e164]))


def _doubles(client: Cliente) -> list[Markup]:
    same_number, same_document = services.with_same_number(client), services.with_same_document(client)
    if same_number and same_document and same_number.id == same_document.id:
        said = gettext("Another client has this number and this document: %(name)s.", name=same_number.nombre)
        return [_to_merge(said, same_number, client)]
    doubles = []
    if same_number:
        said = gettext("Another client has this number: %(name)s.", name=same_number.nombre)
        doubles.append(_to_merge(said, same_number, client))
    if same_document:
        said = gettext("Another client has this document: %(name)s.", name=same_document.nombre)
        doubles.append(_to_merge(said, same_document, client))
    return doubles


def _to_merge(said: str, other: Cliente, client: Cliente) -> Markup:
    address = url_for("clients.compare", a=other.id, b=client.id)
    return Markup('{} <a class="alert-link" href="{}">{}</a>.').format(said, address, gettext("Merge the two"))
