"""Every change of a state, tried several times at one moment on PostgreSQL: one wins, and the audit says so once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.auth import sessions
from clientes_app.auth.second_factor import enrolment, recovery, totp
from clientes_app.auth.second_factor import services as second_factor
from clientes_app.background.daily import take_turn
from clientes_app.campaigns import control
from clientes_app.campaigns import services as campaigning
from clientes_app.campaigns.repeats import program_key
from clientes_app.client_files.rows import Fields
from clientes_app.clients import services as clients
from clientes_app.clients.duplicates import merging
from clientes_app.clients.sales import services as sales
from clientes_app.clients.sales.keys import SaleKey
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.selection import Ticked
from clientes_app.clients.segments import services as segments
from clientes_app.clients.tags import services as tags
from clientes_app.clients.tags import tagging
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing import jobs
from clientes_app.importing import services as importing
from clientes_app.importing.staging import staged_rows
from clientes_app.message_templates import services as templates
from clientes_app.models import (
    Accion,
    Alcance,
    Auditoria,
    Baja,
    Cliente,
    CodigoDeRecuperacion,
    Enlace,
    EstadoCampana,
    EstadoImportacion,
    Etiqueta,
    LlaveDeAcceso,
    OrigenBaja,
    Totp,
    Usuario,
    Venta,
)
from clientes_app.models.types import utc_now
from clientes_app.opt_outs import services as opt_outs
from clientes_app.people import links, names
from clientes_app.people import services as people
from clientes_app.people.profile import services as own
from clientes_app.people.services import PersonFields
from clientes_app.privacy.services import erase
from clientes_app.sending.carrier import Fate, Outcome
from clientes_app.sending.faults import NO_ANSWER
from clientes_app.shop.services import ShopSettings, save_settings
from clientes_app.tokens import services as tokens
from clientes_app.web import throttling

from ..support.campaigns import Campaigns
from ..support.imports import Imports
from ..support.races import Act, race
from ..support.second_factor import turn_on_app
from ..support.shop import PASSWORD, Shop, account_of

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

TOGETHER = 4
ROUNDS = 10  # as many lists of one account may wait
REFUSALS = {400, 404, 409, 410}
"""400: the present password is another by now."""
FILE = "nombre,celular\nAna Paz,3001110001\n,3001110002\nEva Sol,3001110003\n"


class World:
    """A shop in which things are raced, and numbers for names that nobody has yet."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self.app, self.shop, self.account = app, shop, account
        self.campaigns, self.imports = Campaigns(app, shop, account), Imports(app, account)
        self._numbers: Iterator[int] = count(1)

    @property
    def next(self) -> int:
        return next(self._numbers)

    def client(self, **fields: Any) -> int:
        number = self.next
        return self.shop.add_client(self.account, f"Cliente {number}", f"300{number:07d}", **fields)

    def seller(self) -> int:
        return self.shop.add_seller(self.account, f"vero{self.next}")

    def do(self, act: Act) -> Any:
        with self.app.test_request_context():
            return act()

    def count(self, model: type[Any], **fields: Any) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(model).filter_by(**fields)) or 0

    def get(self, model: type[Any], row_id: int) -> Any:
        with self.app.app_context():
            return db.session.get(model, row_id)

    def audited(self) -> list[Accion]:
        with self.app.app_context():
            return list(db.session.scalars(select(Auditoria.accion).order_by(Auditoria.id)))


@dataclass
class Raced:
    """What is done several times at once, and what must hold afterwards."""

    act: Act
    """Returns something that counts as true where it won."""
    audited: list[Accion] = field(default_factory=list)
    holds: Callable[[], bool] = lambda: True
    winners: int = 1


RACES: dict[str, Callable[[World], Raced]] = {}


def raced(make: Callable[[World], Raced]) -> Callable[[World], Raced]:
    RACES[make.__name__] = make
    return make


@pytest.fixture
def world(app: Flask, shop: Shop, account: int) -> World:
    """The shop."""
    world = World(app, shop, account)
    with app.app_context():
        take_turn(db.engine)  # as the server does at its start
    return world


# Imports


def import_state(world: World, import_id: int, state: EstadoImportacion) -> Callable[[], bool]:
    return lambda: world.imports.get(import_id).estado is state


@raced
def begin_a_review(world: World) -> Raced:
    number = world.imports.upload(FILE)
    layout, place = world.imports.layout(number), world.imports.place
    return Raced(
        lambda: importing.start_review(world.account, number, layout, importing.ForAll(), place.storage),
        holds=import_state(world, number, EstadoImportacion.REVISANDO),
    )


@raced
def begin_to_apply(world: World) -> Raced:
    number = world.imports.review(FILE)
    return Raced(
        lambda: importing.start_applying(world.account, number, by=NOBODY),
        [Accion.IMPORT_APPLIED],
        import_state(world, number, EstadoImportacion.APLICANDO),
    )


@raced
def cancel_a_reviewed_import(world: World) -> Raced:
    return cancelling(world, world.imports.review(FILE))


@raced
def cancel_an_import_that_is_applied(world: World) -> Raced:
    number = world.imports.review(FILE)
    world.do(lambda: importing.start_applying(world.account, number, by=NOBODY))
    return cancelling(world, number)


def cancelling(world: World, number: int) -> Raced:
    return Raced(
        lambda: importing.cancel(world.account, number, world.imports.place.storage),
        holds=import_state(world, number, EstadoImportacion.CANCELADA),
    )


@raced
def begin_to_undo(world: World) -> Raced:
    number = world.imports.run(f"nombre\nNadie {world.next}\n")
    return Raced(
        lambda: importing.start_undoing(world.account, number, by=NOBODY),
        [Accion.IMPORT_UNDONE],
        import_state(world, number, EstadoImportacion.DESHACIENDO),
    )


@raced
def mend_a_row(world: World) -> Raced:
    number = world.imports.review(FILE)
    fields = Fields("Luz Mar", "3001110002", "", ())
    return Raced(
        lambda: staged_rows.mend(world.account, number, 3, fields, world.imports.place),
        holds=lambda: world.imports.get(number).por_aplicar == 3,
    )


@raced
def take_an_import(world: World) -> Raced:
    number = world.imports.upload(FILE)
    world.imports.start_review(number)
    return Raced(lambda: jobs.take(db.engine, f"elsewhere:1:{world.next}", world.imports.place, number))


# Campaigns


def campaign_state(world: World, campaign_id: int, state: EstadoCampana) -> Callable[[], bool]:
    return lambda: world.campaigns.get(campaign_id).estado is state and world.campaigns.hold(campaign_id)


def campaign(world: World) -> int:
    return world.campaigns.start_to([world.client(), world.client()])


def waiting_campaign(world: World) -> int:
    """Store a campaign that waits for an admin."""
    world.do(lambda: save_settings(world.account, ShopSettings(exige_aprobacion=True), by=NOBODY))
    draft = campaigning.Draft(Ticked((world.client(),)), "Hola {nombre}", "Prueba")
    seller = world.seller()
    return int(world.do(lambda: campaigning.create_campaign(world.account, draft, by=Actor(seller))).id)


def doubtful_campaign(world: World) -> int:
    """Store a campaign whose only message is uncertain."""
    number = world.campaigns.start_to([world.client()])
    world.campaigns.claim_one(number, Outcome(Fate.UNKNOWN, reason=NO_ANSWER))
    return number


@raced
def pause_a_campaign(world: World) -> Raced:
    number = campaign(world)
    return Raced(
        lambda: control.pause(world.account, number, by=NOBODY),
        [Accion.CAMPAIGN_PAUSED],
        campaign_state(world, number, EstadoCampana.PAUSADO),
    )


@raced
def resume_a_campaign(world: World) -> Raced:
    number = campaign(world)
    world.do(lambda: control.pause(world.account, number, by=NOBODY))
    return Raced(
        lambda: control.resume(world.account, number, by=NOBODY),
        [Accion.CAMPAIGN_RESUMED],
        campaign_state(world, number, EstadoCampana.PROCESANDO),
    )


@raced
def cancel_a_campaign(world: World) -> Raced:
    number = campaign(world)
    return Raced(
        lambda: control.cancel(world.account, number, by=Actor(world.account)),
        [Accion.CAMPAIGN_CANCELLED],
        campaign_state(world, number, EstadoCampana.CANCELADO),
    )


@raced
def approve_a_campaign(world: World) -> Raced:
    number = waiting_campaign(world)
    return Raced(
        lambda: control.approve(world.account, number, by=Actor(world.account)),
        [Accion.CAMPAIGN_APPROVED],
        campaign_state(world, number, EstadoCampana.PENDIENTE),
    )


@raced
def reject_a_campaign(world: World) -> Raced:
    number = waiting_campaign(world)
    return Raced(
        lambda: control.reject(world.account, number, by=NOBODY),
        [Accion.CAMPAIGN_REJECTED],
        campaign_state(world, number, EstadoCampana.CANCELADO),
    )


@raced
def confirm_that_a_message_arrived(world: World) -> Raced:
    number = doubtful_campaign(world)
    row = world.campaigns.row(number).id
    return Raced(
        lambda: control.confirm_arrival(world.account, number, row, by=Actor(world.account)),
        holds=lambda: world.campaigns.has(number, enviado=1) and world.campaigns.hold(number),
    )


@raced
def send_a_message_again(world: World) -> Raced:
    number = doubtful_campaign(world)
    row = world.campaigns.row(number).id
    return Raced(
        lambda: control.send_again(world.account, number, row),
        holds=lambda: world.campaigns.has(number, pendiente=1) and world.campaigns.hold(number),
    )


@raced
def send_with_one_key(world: World) -> Raced:
    draft = campaigning.Draft(Ticked((world.client(),)), "Hola {nombre}", "Prueba")
    key = program_key(f"key {world.next}", world.account, b"{}")
    return Raced(
        lambda: campaigning.create_campaign(world.account, draft, key, by=NOBODY),
        [Accion.CAMPAIGN_SENT],
        winners=TOGETHER,
    )


# People: links, sessions, second factors, tokens


@raced
def use_a_link(world: World) -> Raced:
    person = world.seller()
    secret = world.do(lambda: people.make_link(world.account, person, by=Actor(world.account))).secret
    return Raced(
        lambda: links.use_link(secret, f"una clave {world.next}", by=NOBODY),
        [Accion.PASSWORD_CHANGED],
        lambda: world.count(Enlace, persona_id=person) == 0,
    )


@raced
def make_a_link(world: World) -> Raced:
    person = world.seller()
    return Raced(
        lambda: people.make_link(world.account, person, by=Actor(world.account)),
        [Accion.LINK_MADE] * TOGETHER,
        lambda: world.count(Enlace, persona_id=person) == 1,
        winners=TOGETHER,
    )


@raced
def invite_by_one_name(world: World) -> Raced:
    with world.app.app_context():
        throttling.forget(names.REFUSALS, str(world.account))  # the losers of the rounds before
    fields = PersonFields(f"nueva{world.next}", "", puede_enviar=True, puede_vender=True, puede_editar_clientes=False)
    return Raced(
        lambda: people.invite(world.account, fields, by=Actor(world.account)), [Accion.PERSON_CREATED, Accion.LINK_MADE]
    )


@raced
def deactivate_a_person(world: World) -> Raced:
    person = world.seller()
    return Raced(
        lambda: people.deactivate(world.account, person, by=NOBODY),
        [Accion.PERSON_DEACTIVATED],
        lambda: not world.get(Usuario, person).activo,
        winners=TOGETHER,
    )


@raced
def activate_a_person(world: World) -> Raced:
    person = world.seller()
    world.do(lambda: people.deactivate(world.account, person, by=NOBODY))
    return Raced(
        lambda: people.activate(world.account, person, by=NOBODY),
        [Accion.PERSON_ACTIVATED],
        lambda: bool(world.get(Usuario, person).activo),
        winners=TOGETHER,
    )


def open_session(world: World, person: int) -> int:
    proved = world.get(Usuario, person).clave_hash
    secret = world.do(lambda: sessions.begin(person, proved, "Firefox", by=Actor(address="127.0.0.1")))
    found = world.do(lambda: sessions.find(secret))
    return int(found[1].id)


@raced
def log_out(world: World) -> Raced:
    number = open_session(world, world.account)
    return Raced(lambda: sessions.log_out(number, by=NOBODY) is None, [Accion.LOGGED_OUT], winners=TOGETHER)


@raced
def end_a_session(world: World) -> Raced:
    number = open_session(world, world.account)
    return Raced(lambda: sessions.end(world.account, number, by=NOBODY) is None, [Accion.SESSION_ENDED])


@raced
def end_all_other_sessions(world: World) -> Raced:
    person = world.seller()
    kept, *_ = [open_session(world, person) for _ in range(4)]
    return Raced(
        lambda: sessions.end_others(person, kept, by=NOBODY) is None,
        [Accion.SESSION_ENDED] * 3,
        lambda: len(world.do(lambda: sessions.list_of(person))) == 1,
        winners=TOGETHER,
    )


@raced
def change_a_password(world: World) -> Raced:
    person = world.seller()
    return Raced(
        lambda: own.change_password(person, None, PASSWORD, f"otra clave {world.next}", by=NOBODY) is None,
        [Accion.PASSWORD_CHANGED],
    )


def with_app(world: World) -> tuple[Usuario, Any]:
    person = world.seller()
    phone = turn_on_app(world.app, person)
    return world.get(Usuario, person), phone


@raced
def use_a_code_of_the_app(world: World) -> Raced:
    person, phone = with_app(world)
    code = phone.now()
    return Raced(lambda: second_factor.take_app_code(person, code, by=NOBODY), [Accion.LOG_IN_FAILED] * (TOGETHER - 1))


@raced
def use_a_recovery_code(world: World) -> Raced:
    person, _ = with_app(world)
    code = world.do(lambda: enrolment.renew_codes(person, by=NOBODY))[0]
    return Raced(
        lambda: second_factor.take_recovery_code(person, code, by=NOBODY), [Accion.LOG_IN_FAILED] * (TOGETHER - 1)
    )


@raced
def make_new_recovery_codes(world: World) -> Raced:
    person, _ = with_app(world)
    return Raced(
        lambda: enrolment.renew_codes(person, by=NOBODY),
        [Accion.SECOND_FACTOR_ON] * TOGETHER,
        lambda: world.count(CodigoDeRecuperacion, persona_id=person.id) == recovery.COUNT,
        winners=TOGETHER,
    )


@raced
def turn_an_app_on(world: World) -> Raced:
    person, phone = with_app(world)
    with world.app.app_context(), unit_of_work() as session:
        session.get_one(Totp, person.id).confirmado = None
    code = phone.now()
    return Raced(lambda: enrolment.confirm_app(person, code, by=NOBODY), [Accion.SECOND_FACTOR_ON])


@raced
def begin_to_set_an_app_up(world: World) -> Raced:
    person = world.seller()
    return Raced(
        lambda: totp.begin(person) is None,
        holds=lambda: world.count(Totp, persona_id=person) == 1,
        winners=TOGETHER,
    )


@raced
def turn_an_app_off(world: World) -> Raced:
    person, _ = with_app(world)
    return Raced(lambda: enrolment.remove_app(person, by=NOBODY) is None, [Accion.SECOND_FACTOR_OFF], winners=TOGETHER)


def add_key(world: World, person: int) -> int:
    number = world.next
    key = LlaveDeAcceso(nombre="Portátil", credencial_id=b"%d" % number, clave_publica=b"x", persona_id=person)
    return world.shop.add(key)


@raced
def remove_a_passkey(world: World) -> Raced:
    person, _ = with_app(world)
    key = add_key(world, person.id)
    return Raced(lambda: enrolment.remove_passkey(person, key, by=NOBODY), [Accion.PASSKEY_REMOVED])


@raced
def revoke_a_token(world: World) -> Raced:
    made = world.do(lambda: tokens.create_token(world.account, "Caja", [Alcance.READ], by=Actor(world.account))).token
    return Raced(lambda: tokens.revoke_token(world.account, made.id, by=NOBODY), [Accion.TOKEN_REVOKED])


# Clients, and what groups them


@raced
def delete_a_client(world: World) -> Raced:
    number = world.client()
    return Raced(lambda: clients.delete_client(world.account, number, by=NOBODY), [Accion.CLIENTS_DELETED])


@raced
def merge_two_clients(world: World) -> Raced:
    pair = world.client(), world.client()
    return Raced(
        lambda: merging.merge(account_of(world.account), pair, {}, by=Actor(world.account)),
        holds=lambda: (world.get(Cliente, pair[0]) is None) != (world.get(Cliente, pair[1]) is None),
    )


@raced
def erase_a_client(world: World) -> Raced:
    number = world.client()
    storage = world.imports.place.storage
    return Raced(lambda: erase(account_of(world.account), number, storage, by=NOBODY) is False, [Accion.CLIENT_ERASED])


@raced
def erase_a_client_with_sales(world: World) -> Raced:
    number = world.client()
    world.shop.add_sale(world.account, number, 1)
    storage = world.imports.place.storage
    return Raced(
        lambda: erase(account_of(world.account), number, storage, by=NOBODY),
        [Accion.CLIENT_ERASED],
        lambda: world.get(Cliente, number).borrado is not None,
        winners=TOGETHER,
    )


@raced
def record_sales(world: World) -> Raced:
    number = world.client()
    sale = sales.NewSale(Decimal(10))
    return Raced(
        lambda: sales.record_sale(account_of(world.account), number, sale),
        holds=lambda: world.get(Cliente, number).total_compras == 10 * TOGETHER,
        winners=TOGETHER,
    )


@raced
def edit_a_sale(world: World) -> Raced:
    number = world.client()
    shown = sales.Shown(number, world.shop.add_sale(world.account, number, 5), 0)
    return Raced(
        lambda: sales.edit_sale(account_of(world.account), shown, sales.NewSale(Decimal(10)), by=NOBODY),
        [Accion.SALE_EDITED],
        lambda: world.get(Venta, shown.id).ediciones == 1 and world.get(Cliente, number).total_compras == 10,
    )


@raced
def delete_a_sale(world: World) -> Raced:
    number = world.client()
    shown = sales.Shown(number, world.shop.add_sale(world.account, number, 5), 0)
    return Raced(
        lambda: sales.delete_sale(account_of(world.account), shown, by=NOBODY) is None,
        [Accion.SALE_DELETED],
        lambda: world.get(Venta, shown.id) is None and world.get(Cliente, number).ultima_compra is None,
    )


@raced
def record_a_sale_of_a_program(world: World) -> Raced:
    number, sale = world.client(), sales.NewSale(Decimal(10))
    key = SaleKey.of(f"key {world.next}", world.account, number, b"{}")
    return Raced(
        lambda: sales.record_sale(account_of(world.account), number, sale, key),
        holds=lambda: world.count(Venta, cliente_id=number) == 1 and world.get(Cliente, number).total_compras == 10,
        winners=TOGETHER,
    )


@raced
def give_a_new_tag(world: World) -> Raced:
    number, name = world.client(), f"etiqueta {world.next}"
    return Raced(
        lambda: tagging.tag_client(world.account, number, [name, f"otra {name}"], by=NOBODY) is None,
        holds=lambda: world.count(Etiqueta, nombre=name) == 1,
        winners=TOGETHER,
    )


@raced
def delete_a_tag(world: World) -> Raced:
    number = world.do(lambda: tags.store_tags(world.account, [f"etiqueta {world.next}"]))[0]
    return Raced(lambda: tagging.delete_tag(world.account, number))


@raced
def delete_a_segment(world: World) -> Raced:
    name = f"segmento {world.next}"
    segment = world.do(lambda: segments.save_segment(world.account, name, Search("ana"), by=Actor(world.account)))
    return Raced(lambda: segments.delete_segment(world.account, segment.id))


@raced
def save_a_segment(world: World) -> Raced:
    name = f"segmento {world.next}"
    return Raced(lambda: segments.save_segment(world.account, name, Search("ana"), by=Actor(world.account)))


@raced
def delete_a_template(world: World) -> Raced:
    number = world.shop.add_template(world.account)
    return Raced(lambda: templates.delete_template(world.account, number))


@raced
def take_a_number_out_of_the_opt_outs(world: World) -> Raced:
    number = f"+57300{world.next:07d}"
    listed = world.shop.add(Baja(telefono_e164=number, origen=OrigenBaja.MANUAL, usuario_id=world.account))
    return Raced(lambda: opt_outs.remove(world.account, listed, by=NOBODY), [Accion.OPT_OUT_REMOVED])


@raced
def enter_a_number_into_the_opt_outs(world: World) -> Raced:
    number = f"+57300{world.next:07d}"
    return Raced(
        lambda: opt_outs.add(world.account, number, by=NOBODY) is None,
        [Accion.OPT_OUT_ADDED],
        lambda: world.count(Baja, telefono_e164=number) == 1,
        winners=TOGETHER,
    )


@raced
def change_the_settings(world: World) -> Raced:
    wanted = ShopSettings(negocio=f"Tienda {world.next}", precios={"CO": Decimal(world.next)})
    return Raced(
        lambda: save_settings(world.account, wanted, by=NOBODY) is None,
        [Accion.SETTINGS_CHANGED],
        lambda: world.get(Usuario, world.account).negocio == wanted.negocio,
        winners=TOGETHER,
    )


@pytest.mark.parametrize("name", RACES)
def test_of_several_at_once_one_wins(world: World, name: str) -> None:
    for _ in range(ROUNDS):
        case = RACES[name](world)
        before = len(world.audited())
        outcomes = race(world.app, *[case.act] * TOGETHER)
        assert len([each for each in outcomes.won if each not in (None, False)]) == case.winners, outcomes
        assert {refusal.status for refusal in outcomes.refused} <= REFUSALS
        assert world.audited()[before:] == case.audited
        assert case.holds()


def test_two_who_edit_different_fields_lose_neither(world: World) -> None:
    for place in range(ROUNDS):
        number = world.client()
        name, document = f"Nombre Nuevo {place}", f"99{place:04d}"

        def edit(fields: clients.ClientFields, number: int = number) -> object:
            return clients.edit_client(account_of(world.account), number, fields, by=Actor(world.account))

        race(
            world.app,
            lambda name=name, edit=edit: edit({"nombre": name}),
            lambda document=document, edit=edit: edit({"documento": document}),
        )
        client = world.get(Cliente, number)
        assert (client.nombre, client.documento, client.documento_clave) == (name, document, document)
        assert name.lower() in client.busqueda
        assert document in client.busqueda


def test_an_edit_and_a_deletion(world: World) -> None:
    for _ in range(ROUNDS):
        number = world.client()
        outcomes = race(
            world.app,
            lambda number=number: clients.edit_client(
                account_of(world.account), number, {"nombre": "Otra"}, by=Actor(world.account)
            ),
            lambda number=number: clients.delete_client(world.account, number, by=NOBODY),
        )
        assert world.get(Cliente, number) is None
        assert {refusal.status for refusal in outcomes.refused} <= {404}


def test_the_last_two_second_factors_do_not_both_go_where_one_is_asked_for(world: World) -> None:
    world.do(lambda: save_settings(world.account, ShopSettings(exige_segundo_factor=True), by=NOBODY))
    for _ in range(ROUNDS):
        person, _phone = with_app(world)
        key = add_key(world, person.id)
        outcomes = race(
            world.app,
            lambda person=person: enrolment.remove_app(person, by=NOBODY),
            lambda person=person, key=key: enrolment.remove_passkey(person, key, by=NOBODY),
        )
        assert [refusal.status for refusal in outcomes.refused] == [409]
        assert world.do(lambda person=person: second_factor.has_second_factor(db.session(), person.id))


def test_a_link_that_is_used_while_another_is_made(world: World) -> None:
    for _ in range(ROUNDS):
        person = world.seller()
        secret = world.do(lambda person=person: people.make_link(world.account, person, by=Actor(world.account))).secret
        outcomes = race(
            world.app,
            lambda secret=secret: links.use_link(secret, f"una clave {world.next}", by=NOBODY),
            lambda person=person: people.make_link(world.account, person, by=Actor(world.account)),
            lambda person=person: people.deactivate(world.account, person, by=NOBODY),
        )
        assert {refusal.status for refusal in outcomes.refused} <= {409, 410}
        assert world.count(Enlace, persona_id=person) == 0


def test_one_who_is_active_while_the_password_changes(world: World) -> None:
    for _ in range(ROUNDS):
        person = world.seller()
        kept, other = open_session(world, person), open_session(world, person)
        long_ago = sessions.Open(other, utc_now() - sessions.IDLE / 2)
        outcomes = race(
            world.app,
            lambda person=person, kept=kept: own.change_password(
                person, kept, PASSWORD, f"otra clave {world.next}", by=NOBODY
            ),
            *[lambda person=person, present=long_ago: sessions.keep_awake(person, present)] * 3,
        )
        assert outcomes.refused == []
        assert [row.id for row in world.do(lambda person=person: sessions.list_of(person))] == [kept]
