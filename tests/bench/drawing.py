"""Lists of a shop at work as they are drawn: how much of the processor that takes, and how many bytes go out."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, before_render_template, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import Connection, insert, update

from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, Cliente, ClienteEtiqueta, EstadoCampana, EstadoSMS, Etiqueta, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.values.client_keys import keys_of

from ..support.shop import PASSWORD, Shop
from .documented import Figure
from .finding import NAMES, PREFIXES, SURNAMES
from .printing import say

CLIENTS, CAMPAIGNS = 2_000, 40
LOOKS = 30
TAGS = ("VIP", "Laureles", "Belén", "Envigado", "Mayorista", "Cumple en noviembre")
STATES = (*[EstadoSMS.ENVIADO] * 7, EstadoSMS.FALLIDO, EstadoSMS.OMITIDO, EstadoSMS.INCIERTO)
LISTS = {
    "fifty clients": "/clientes/",
    "thirty campaigns": "/clientes/campanas/",
    "fifty messages": "/clientes/campanas/{campaign}/mensajes/",
    "Home": "/",
}
FIFTY_CLIENTS = Figure("fifty clients, drawn", "now")


def measure_drawing(name: str, app: Flask) -> None:
    """Fill a shop, and look at its lists as htmx does."""
    campaign = _fill(app, Shop(app).add_admin())
    browser = _log_in(app)
    stated = ", ".join(FIFTY_CLIENTS.under(heading) for heading in ("processor", "raw", "zstd"))
    say(f"{name}: lists, drawn", "processor, raw, zstd", f"fifty clients {stated}")
    for title, address in LISTS.items():
        at = address.format(campaign=campaign)
        seconds = min(_drawn(app, browser, at) for _ in range(LOOKS))
        sizes = ", ".join(f"{_size(browser, at, encoding) / 1_000:.1f}" for encoding in ("identity", "zstd"))
        say(f"  {title}", f"{1_000 * seconds:.1f} ms, {sizes} KB")


def _log_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    browser.get("/cuenta/entrar/")
    token = browser.get_cookie("csrftoken")
    form = {"usuario": "ana", "clave": PASSWORD}
    browser.post("/cuenta/entrar/", data=form, headers={"X-CSRFToken": token.value if token else ""})
    return browser


def _look(browser: FlaskClient, address: str, encoding: str = "identity") -> bytes:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "Accept-Encoding": encoding}
    answer = browser.get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.data


def _size(browser: FlaskClient, address: str, encoding: str) -> int:
    return len(_look(browser, address, encoding))


def _drawn(app: Flask, browser: FlaskClient, address: str) -> float:
    """Return how long the processor was at the templates of an answer, in seconds."""
    with _clocked(app) as spans:
        _look(browser, address)
    return sum(spans)


@contextmanager
def _clocked(app: Flask) -> Iterator[list[float]]:
    spans: list[float] = []

    def begin(_: Flask, **__: Any) -> None:
        spans.append(-time.process_time())

    def end(_: Flask, **__: Any) -> None:
        spans[-1] += time.process_time()

    with before_render_template.connected_to(begin, app), template_rendered.connected_to(end, app):
        yield spans


def _fill(app: Flask, account_id: int) -> int:
    """Store clients with tags, purchases and messages; return the id of the last campaign."""
    dice, now = random.Random(7), utc_now()
    clients = [_client(dice, account_id, place) for place in range(CLIENTS)]
    tags = [{"nombre": tag, "clave": tag.lower(), "usuario_id": account_id} for tag in TAGS]
    with app.app_context(), write_transaction(db.engine) as connection:
        ids = connection.scalars(insert(Cliente).returning(Cliente.id, sort_by_parameter_order=True), clients).all()
        tag_ids = connection.scalars(insert(Etiqueta).returning(Etiqueta.id), tags).all()
        given = [
            {"cliente_id": id_, "etiqueta_id": tag} for id_ in ids for tag in dice.sample(tag_ids, dice.randint(0, 3))
        ]
        connection.execute(insert(ClienteEtiqueta), given)
        for id_ in dice.sample(ids, CLIENTS // 2):
            bought = now - timedelta(minutes=dice.randint(1, 400_000))
            connection.execute(update(Cliente).where(Cliente.id == id_).values(ultima_compra=bought))
        people = [client | {"id": id_} for id_, client in zip(ids, clients, strict=True)]
        sent = [
            _send(connection, dice, account_id, people, now - timedelta(days=day)) for day in range(CAMPAIGNS, 0, -1)
        ]
    return sent[-1]


def _client(dice: random.Random, account_id: int, place: int) -> dict[str, Any]:
    name = f"{dice.choice(NAMES)} {dice.choice(SURNAMES)} {dice.choice(SURNAMES)}"
    number = f"{dice.choice(PREFIXES)} {dice.randint(100, 999)} {place:04d}" if place % 20 else "604 444 12 34"
    document = str(10_000_000 + 7_919 * place) if place % 3 else ""
    told = {"nombre": name, "telefono": number, "documento": document, "activo": place % 12 > 0}
    return {**told, **keys_of(name, number, document, "CO")._asdict(), "usuario_id": account_id}


def _send(
    connection: Connection, dice: random.Random, account_id: int, people: list[dict[str, Any]], began: datetime
) -> int:
    reached = [person for person in dice.sample(people, CLIENTS // 4) if person["telefono_e164"]]
    states = [dice.choice(STATES) for _ in reached]
    campaign = {
        "nombre": f"Descuento del {began:%d/%m}",
        "mensaje": "Hola {primer_nombre}, este mes tienes 20% de descuento.",
        "estado": EstadoCampana.COMPLETADO,
        "creado": began,
        "completado": began,
        "costo": 190 * len(reached),
        "total_clientes": len(reached),
        "enviados_exitosos": states.count(EstadoSMS.ENVIADO),
        "enviados_fallidos": states.count(EstadoSMS.FALLIDO),
        "omitidos": states.count(EstadoSMS.OMITIDO),
        "inciertos": states.count(EstadoSMS.INCIERTO),
        "enviada_por_id": account_id,
        "usuario_id": account_id,
    }
    campaign_id = connection.scalar(insert(CampanaSMS).values(campaign).returning(CampanaSMS.id)) or 0
    messages = [_message(dice, campaign_id, *each, began) for each in zip(reached, states, strict=True)]
    connection.execute(insert(SMSLog), messages)
    return campaign_id


def _message(
    dice: random.Random, campaign_id: int, person: dict[str, Any], state: EstadoSMS, began: datetime
) -> dict[str, Any]:
    sent, failed = state is EstadoSMS.ENVIADO, state is EstadoSMS.FALLIDO
    return {
        "campana_id": campaign_id,
        "cliente_id": person["id"],
        "nombre": person["nombre"],
        "telefono_e164": person["telefono_e164"],
        "estado": state,
        "twilio_sid": f"SM{campaign_id}-{person['id']}" if sent else None,
        "recibo": "delivered" if sent else None,
        "error_codigo": 21211 if failed else None,
        "error_mensaje": "The number does not exist" if failed else None,
        "actualizado": began + timedelta(seconds=dice.randint(1, 4_000)),
    }
