"""Pages on which a campaign is written, as browsers without scripts hold them: what they show, and what they send."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from clientes_app.extensions import db
from clientes_app.models import Borrador, CampanaSMS

from .checking_client import CheckingClient, hidden_fields

DRAFTS = "/clientes/campanas/borradores/"
REVIEW = "/clientes/campanas/revisar/"


@dataclass
class OpenPage:
    """A page that somebody has open; what they type stays in it until they send it."""

    client: CheckingClient
    address: str
    fields: dict[str, Any] = field(default_factory=dict)
    token: str = ""

    @classmethod
    def new(cls, client: CheckingClient) -> OpenPage:
        """Open the page of a campaign that nobody has begun."""
        return cls.at(client, client.get("/clientes/campanas/nueva/").location or "")

    @classmethod
    def at(cls, client: CheckingClient, address: str) -> OpenPage:
        """Open a page that has an address."""
        page = cls(client, address)
        page.reload()
        return page

    @property
    def key(self) -> str:
        """Return the key of the draft that the page knows."""
        return str(self.fields["clave"])

    def reload(self) -> TestResponse:
        """Open the page anew, as Back and Forward do as well."""
        shown = self.client.get(self.address)
        assert shown.status_code == 200, shown.location
        checked = re.search(r'name="destino" value="([^"]*)" checked', shown.text)
        hidden = {name: value for name, value in hidden_fields(shown.text).items() if name != "next"}
        self.token = hidden.pop("csrf_token")
        self.fields = {**hidden, "mensaje": message_in(shown.text), "nombre": name_in(shown.text), "q": ""}
        self.fields["destino"] = checked[1] if checked else ""
        return shown

    def type(self, mensaje: str, **others: str) -> OpenPage:
        """Type into it."""
        self.fields |= {"mensaje": mensaje, **others}
        return self

    def autosave(self) -> TestResponse:
        """Send what is typed as the page does by itself, and take over what it is told."""
        answer = self.client.swap(f"{DRAFTS}guardar/", self.fields)
        if answer.status_code == 200:
            told = hidden_fields(answer.text)
            self.fields |= {name: told[name] for name in ("clave", "visto")}
        return answer

    def press_review(self) -> str:
        """Press the button, and answer the address of the review."""
        answer = self.client.send(REVIEW, self.fields)
        assert answer.status_code == 302, answer.text
        return str(answer.location)


def message_in(page: str) -> str:
    """Answer the text in the box of a page."""
    found = re.search(r'<textarea[^>]* name="mensaje"[^>]*>([^<]*)</textarea>', page)
    assert found
    return html.unescape(found[1])


def name_in(page: str) -> str:
    """Answer the name in the box of a page."""
    found = re.search(r'<input[^>]* id="nombre"[^>]* value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def shown_by(client: CheckingClient, review: str) -> dict[str, str]:
    """Open a review, and answer what it shows as its button sends it."""
    hidden = hidden_fields(client.get(review).text)
    return {name: hidden[name] for name in ("huella", "mensajes")}


def send_from(client: CheckingClient, review: str) -> TestResponse:
    """Open a review and press its button."""
    return send_seen(client, review, shown_by(client, review))


def send_seen(client: CheckingClient, review: str, seen: dict[str, str]) -> TestResponse:
    """Press the button of a review that showed this when it was opened."""
    return client.send(review.replace("/revisar/", "/enviar/"), seen)


def texts(app: Flask) -> list[str]:
    """Answer the text of each draft, the oldest first."""
    with app.app_context():
        return [draft.campos["mensaje"] for draft in db.session.scalars(select(Borrador).order_by(Borrador.id))]


def sent(app: Flask) -> list[str]:
    """Answer the text of each campaign, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(CampanaSMS.mensaje).order_by(CampanaSMS.id)))
