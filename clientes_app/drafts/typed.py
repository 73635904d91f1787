"""What somebody typed, as a draft keeps it: right or wrong, and so that the page can show it again as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from ..campaigns.forms import AskedAt, ComposeForm, When
from ..clients.search.selection import Said
from ..errors import DomainError
from ..models import TipoDeCampana
from ..values.text import clean_line

LARGEST = 512_000
"""Characters of one draft: `MOST_CLIENTS` that are ticked, and texts that are too long by far."""
MOST_CLIENTS = 40_000
LONGEST_SUMMARY = 200

_TEXTS: Mapping[str, str] = {
    "mensaje": "",
    "nombre": "",
    "plantilla": "",
    "propio": "",
    "tipo": TipoDeCampana.PUBLICIDAD.value,
    "motivo_servicio": "",
    "cuando": When.NOW.value,
    "dia": "",
    "hora": "",
    "publico": AskedAt.NOW.value,
}
"""The texts of a page, and what each is where nothing was typed."""
_LARGEST_ORDER = 2**53


class TooLarge(DomainError):
    """Somebody typed more than is kept."""

    status = 413

    def __init__(self) -> None:
        super().__init__(gettext("This is too much for a campaign: make the text shorter, or choose fewer clients."))


@dataclass(frozen=True)
class Content:
    """What a draft holds: texts, those left out as usual; whom it is for as it was said; who was ticked."""

    texts: Mapping[str, str]
    told: tuple[tuple[str, str], ...]
    client_ids: tuple[int, ...] = ()

    @classmethod
    def of_form(cls, form: ComposeForm) -> Content:
        """Return what a form holds, whether its page was sent or is only shown."""
        texts = {name: form[name].data or usual for name, usual in _TEXTS.items()}
        return cls(texts, _told(form), form.said.client_ids)

    @classmethod
    def of_stored(cls, fields: Mapping[str, Any]) -> Content:
        """Return what a draft's row holds."""
        told = tuple((name, value) for name, value in fields.get("para", ()))
        return cls(
            {name: fields.get(name, usual) for name, usual in _TEXTS.items()}, told, tuple(fields.get("clientes", ()))
        )

    def stored(self) -> dict[str, Any]:
        """Return it for a draft's row.

        Raises TooLarge.
        """
        fields = {**self.texts, "para": [list(pair) for pair in self.told], "clientes": list(self.client_ids)}
        if len(json.dumps(fields, ensure_ascii=False)) > LARGEST:
            raise TooLarge
        return fields

    def values(self) -> MultiDict[str, str]:
        """Return it as a form gives it."""
        ticked = [("cliente_ids", str(client_id)) for client_id in self.client_ids]
        return MultiDict([*self.texts.items(), *ticked, *self.told])

    def with_clients(self, client_ids: Sequence[int]) -> Content:
        """Return the same for other ticked clients."""
        return Content(self.texts, self.told, tuple(client_ids))

    def with_text(self, text: str) -> Content:
        """Return the same with another text, which comes from no template."""
        return Content({**self.texts, "mensaje": text, "plantilla": "", "propio": ""}, self.told, self.client_ids)

    @property
    def mark(self) -> str:
        """Return what tells whether it is still the same, ticked clients included."""
        return _hash([self._typed(), list(self.client_ids)])

    @property
    def typed_mark(self) -> str:
        """Return what tells whether anything was typed: no page shows which clients were ticked."""
        return _hash(self._typed())

    @property
    def summary(self) -> str:
        """Return what a list calls it: its name, else how its text begins."""
        text = clean_line(self.texts["nombre"]) or clean_line(self.texts["mensaje"])
        return text[:LONGEST_SUMMARY]

    def _typed(self) -> list[Any]:
        return [[self.texts.get(name, usual) for name, usual in _TEXTS.items()], [list(pair) for pair in self.told]]


@dataclass(frozen=True)
class Typing:
    """What an open page sends of what is typed into it."""

    key: str
    page: str
    order: int
    seen: str
    """The mark of what the page showed when it was opened."""
    content: Content

    @classmethod
    def of_form(cls, form: ComposeForm) -> Typing:
        """Return what the form of a page sent."""
        order = form.orden.data or ""
        read = int(order) if order.isascii() and order.isdecimal() and len(order) <= len(str(_LARGEST_ORDER)) else 0
        page = (form.pagina.data or "")[:36]
        key = _read_key(form.clave.data or "")
        return cls(key, page, min(read, _LARGEST_ORDER), form.visto.data or "", Content.of_form(form))

    @property
    def untouched(self) -> bool:
        """Return whether nothing was typed into the page."""
        return self.content.typed_mark == self.seen


def _read_key(text: str) -> str:
    """Return a key as the address of its draft gives it; a new one for what no page of ours has been given."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())


def _told(form: ComposeForm) -> tuple[tuple[str, str], ...]:
    """Return whom a form is for in the one way in which its page says it; what cannot be read, as it was said."""
    said = form.said
    if said.problems:
        return _unread(said)
    destination = [("destino", str(form.recipients))] if form.recipients else []
    segment = [("segmento", str(said.segment_id))] if said.segment_id else []
    return (*destination, *sorted(said.search.pairs()), *segment)


def _unread(said: Said) -> tuple[tuple[str, str], ...]:
    read = {("cliente_ids", str(client_id)) for client_id in said.client_ids}
    return tuple(pair for pair in said.given if pair not in read)


def _hash(parts: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
