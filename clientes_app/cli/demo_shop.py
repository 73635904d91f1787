"""The sample shop: people, sixty clients, templates, sales, and two campaigns that have run."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..audit_log import NOBODY
from ..auth.passwords import hash_password
from ..campaigns import services as campaigns
from ..clients.sales import count_purchases
from ..clients.search.criteria import Search
from ..database.processes import new_owner
from ..extensions import db, unit_of_work
from ..models import CampanaSMS, Cliente, PlantillaSMS, Rol, SMSLog, Usuario, Venta
from ..models.types import utc_now
from ..sending import lease, outbox, recording
from ..sending.carrier import Fate, Message, Outcome, Result
from ..sending.faults import FAULTS
from ..simulator import SIMULATED_FROM_NUMBER
from ..simulator.ledger import Entry, Ledger
from ..values.client_keys import keys_of
from . import demo_names

_TEMPLATES = (
    ("Promoción del mes", "Hola {nombre}, este mes tienes 20% de descuento en toda la tienda. ¡Te esperamos!"),
    ("Pedido listo", "Hola {nombre}, tu pedido ya está listo. Puedes pasar por él hoy hasta las 7 p. m."),
    (
        "Feliz cumpleaños",
        "¡Feliz cumpleaños, {nombre}! Hoy tienes un regalo en nuestra tienda. Pasa por él cuando quieras.",
    ),
    ("Te extrañamos", "Hola {nombre}, hace rato no te vemos. Muestra este mensaje y llévate 10% de descuento."),
)
_PURCHASES = ("Camisa", "Zapatos", "Bolso", "Vestido", "Chaqueta", "Accesorios", "Pantalón", "Perfume")
_BATCH = 100


@dataclass(frozen=True)
class _PastCampaign:
    name: str
    template: int
    days_ago: int


_PAST = (
    _PastCampaign("Aniversario de la tienda", 0, 21),
    _PastCampaign("Regreso de temporada", 3, 6),
)


def load_shop(region: str, ledger: Ledger) -> bool:
    """Load the sample shop; return whether it was: a database that has people already is left alone."""
    if db.session.scalar(select(Usuario.id).limit(1)) is not None:
        return False
    dice = random.Random(20261122)  # noqa: S311 (the same shop every time)
    with unit_of_work() as session:
        account_id = _add_people(session)
        clients = _add_clients(session, account_id, region, dice)
        templates = _add_templates(session, account_id)
        _add_sales(session, account_id, clients, dice)
    for past in _PAST:
        _run_in_the_past(account_id, past, templates[past.template], ledger, dice)
    return True


def _add_people(session: Session) -> int:
    password = hash_password("demo")
    admin = Usuario(usuario="demo", clave_hash=password, rol=Rol.ADMIN, negocio="Almacén La Esquina", de_muestra=True)
    session.add(admin)
    session.flush()
    session.add(
        Usuario(usuario="vendedora", clave_hash=password, rol=Rol.VENDEDOR, creado_por_id=admin.id, de_muestra=True)
    )
    return admin.id


def _add_clients(session: Session, account_id: int, region: str, dice: random.Random) -> list[Cliente]:
    clients = [
        _client(account_id, name, number, region, dice)
        for name, number in zip(demo_names.names(dice), demo_names.numbers(dice), strict=True)
    ]
    clients[7].activo = clients[31].activo = False
    session.add_all(clients)
    session.flush()
    return clients


def _client(account_id: int, name: str, number: str, region: str, dice: random.Random) -> Cliente:
    document = str(dice.randrange(10_000_000, 1_200_000_000)) if dice.random() < 0.8 else ""
    return Cliente(
        nombre=name,
        telefono=number,
        documento=document,
        **keys_of(name, number, document, region)._asdict(),
        creado=_days_ago(dice.uniform(30, 400)),
        usuario_id=account_id,
    )


def _add_templates(session: Session, account_id: int) -> list[int]:
    templates = [
        PlantillaSMS(nombre=name, mensaje=text, creado=_days_ago(60 - place), usuario_id=account_id)
        for place, (name, text) in enumerate(_TEMPLATES)
    ]
    session.add_all(templates)
    session.flush()
    return [template.id for template in templates]


def _add_sales(session: Session, account_id: int, clients: list[Cliente], dice: random.Random) -> None:
    for client in dice.sample(clients, 25):
        for _ in range(dice.randint(1, 3)):
            session.add(
                Venta(
                    cliente_id=client.id,
                    total=Decimal(dice.randrange(20_000, 400_000, 900)),
                    concepto=dice.choice(_PURCHASES),
                    fecha=_days_ago(dice.uniform(1, 28)),
                    usuario_id=account_id,
                )
            )
        session.flush()
        count_purchases(session, account_id, client.id)


def _run_in_the_past(
    account_id: int, past: _PastCampaign, template_id: int, ledger: Ledger, dice: random.Random
) -> None:
    text = _TEMPLATES[past.template][1]
    draft = campaigns.Draft(Search(), text, past.name, template_id)
    campaign_id = campaigns.create_campaign(account_id, draft, by=NOBODY).id
    then = _days_ago(past.days_ago)
    owner = new_owner()
    lease.hold(db.engine, owner)
    while messages := outbox.claim(db.engine, owner, campaign_id, _BATCH):
        results = [Result(message, _hand_over(message, ledger, dice, then)) for message in messages]
        recording.record(db.engine, results, speeds={}, faults={})
    lease.let_go(db.engine, owner)
    _date_back(campaign_id, then)


def _hand_over(message: Message, ledger: Ledger, dice: random.Random, then: datetime) -> Outcome:
    chance = dice.random()
    if chance < 0.04:
        return Outcome(Fate.REFUSED, code=21614, reason=FAULTS[21614].sentence)
    if chance < 0.06:
        return Outcome(Fate.REFUSED, code=21610, reason=FAULTS[21610].sentence)
    sid = f"SM{secrets.token_hex(16)}"
    ledger.add(Entry(sid, message.to, message.body, SIMULATED_FROM_NUMBER, None, None, then.isoformat()))
    return Outcome(Fate.SENT, sid=sid)


def _date_back(campaign_id: int, then: datetime) -> None:
    with unit_of_work() as session:
        session.execute(
            update(CampanaSMS)
            .where(CampanaSMS.id == campaign_id)
            .values(creado=then, encolada=then, iniciado=then, actualizado=then, completado=then + timedelta(seconds=4))
        )
        session.execute(update(SMSLog).where(SMSLog.campana_id == campaign_id).values(creado=then, actualizado=then))


def _days_ago(days: float) -> datetime:
    return utc_now() - timedelta(days=days)
