"""The sample shop: people, sixty clients with tags and sales, templates, and what has been sent, answered and begun."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..auth.passwords import hash_password
from ..clients.tags.services import find_or_create_tags
from ..extensions import db, unit_of_work
from ..models import Cliente, ClienteEtiqueta, PlantillaSMS, Precio, Rol, Usuario
from ..settings import current_settings
from ..simulator.ledger import Ledger
from ..values.client_keys import keys_of
from . import demo_names
from .demo_campaigns import Occasion, Person, begin_draft, run_in_the_past
from .demo_fields import add_fields
from .demo_hours import ShopHours
from .demo_sales import TRADERS, add_sales
from .demo_texts import PAST, TEMPLATES

_NEIGHBOURHOODS = ("Laureles", "Belén", "Envigado", "Centro")
_VIP_FROM = 700_000
_PRICE = Decimal(190)
"""Pesos for a part of an SMS to Colombia."""


@dataclass(frozen=True)
class _Shop:
    """What is made up, where and when."""

    account_id: int
    region: str
    hours: ShopHours
    dice: random.Random


def load_shop(region: str, ledger: Ledger) -> bool:
    """Load the sample shop; return whether it was: a database that has people already is left alone."""
    if db.session.scalar(select(Usuario.id).limit(1)) is not None:
        return False
    dice = random.Random(20261122)  # noqa: S311 (the same shop every time)
    with unit_of_work() as session:
        shop = _Shop(_add_people(session), region, ShopHours(dice, current_settings().timezone), dice)
        clients = _add_clients(session, shop)
        templates = _add_templates(session, shop)
        add_fields(session, shop.account_id, clients)
        people = [Person(client.id, client.telefono_e164, client.creado) for client in clients]
    for past in PAST:
        then = shop.hours.while_lawful(past.days_ago)
        run_in_the_past(past, Occasion(shop.account_id, templates[past.template], then, people, dice), ledger)
    # What was bought comes after what was written: the database notes which message came before a sale.
    with unit_of_work() as session:
        everybody = session.scalars(select(Cliente).order_by(Cliente.id)).all()
        _add_tags(session, shop, everybody, add_sales(session, shop.account_id, shop.hours, everybody))
    begin_draft(shop.account_id)
    return True


def _add_people(session: Session) -> int:
    password = hash_password("demo")
    admin = Usuario(usuario="demo", clave_hash=password, rol=Rol.ADMIN, negocio="Almacén La Esquina", de_muestra=True)
    session.add(admin)
    session.flush()
    session.add(
        Usuario(usuario="vendedora", clave_hash=password, rol=Rol.VENDEDOR, creado_por_id=admin.id, de_muestra=True)
    )
    session.add(Precio(usuario_id=admin.id, pais="CO", precio=_PRICE))
    return admin.id


def _add_clients(session: Session, shop: _Shop) -> list[Cliente]:
    people = zip(demo_names.names(shop.dice), demo_names.numbers(shop.dice), strict=True)
    clients = [_client(shop, name, number) for name, number in people]
    clients[7].activo = clients[31].activo = False
    session.add_all(clients)
    session.flush()
    return clients


def _client(shop: _Shop, name: str, number: str) -> Cliente:
    document = demo_names.document(shop.dice)
    return Cliente(
        nombre=name,
        telefono=number,
        documento=document,
        **keys_of(name, number, document, shop.region)._asdict(),
        creado=shop.hours.while_open(shop.dice.randint(35, 400)),
        usuario_id=shop.account_id,
    )


def _add_templates(session: Session, shop: _Shop) -> list[int]:
    templates = [
        PlantillaSMS(
            nombre=name,
            mensaje=text,
            creado=shop.hours.while_open(200 - 3 * place),
            usuario_id=shop.account_id,
        )
        for place, (name, text) in enumerate(TEMPLATES)
    ]
    session.add_all(templates)
    session.flush()
    return [template.id for template in templates]


def _add_tags(session: Session, shop: _Shop, clients: Sequence[Cliente], spent: dict[int, Decimal]) -> None:
    """Tag who trades, who bought for much, and where most of the clients live."""
    buyers = list(spent)
    living: dict[str, list[int]] = {name: [] for name in _NEIGHBOURHOODS}
    for client in shop.dice.sample(clients, len(clients) * 3 // 4):
        living[shop.dice.choice(_NEIGHBOURHOODS)].append(client.id)
    _tag(session, shop, "Mayorista", buyers[:TRADERS])
    _tag(session, shop, "VIP", [buyer for buyer in buyers[TRADERS:] if spent[buyer] >= _VIP_FROM])
    for name, there in living.items():
        _tag(session, shop, name, there)


def _tag(session: Session, shop: _Shop, name: str, client_ids: Iterable[int]) -> None:
    (tag_id,) = find_or_create_tags(session, shop.account_id, [name])
    session.add_all(ClienteEtiqueta(etiqueta_id=tag_id, cliente_id=client_id) for client_id in client_ids)
