"""Erasing a client: nothing of the person stays in any table, the sums and the opt-out do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.background.daily import take_turn
from clientes_app.campaigns.control import send_again
from clientes_app.clients import services
from clientes_app.clients.duplicates import merging
from clientes_app.clients.many.services import set_active as set_many_active
from clientes_app.clients.sales import services as sales
from clientes_app.clients.search.criteria import Search, Status
from clientes_app.clients.search.query import matching
from clientes_app.clients.search.selection import Ticked
from clientes_app.clients.tags import tagging
from clientes_app.errors import Conflict, NotFound
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Auditoria, Baja, Cliente, EstadoCampana, EstadoSMS, OrigenBaja, Respuesta, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.opt_outs import services as opt_outs
from clientes_app.privacy.services import ERASED_NAME, extent_of
from clientes_app.privacy.services import erase as erase_client
from clientes_app.sending import recording
from clientes_app.sending.carrier import Fate, Outcome
from clientes_app.sending.erased import hide_numbers, wake_numbers
from clientes_app.sending.evidence import doubts
from clientes_app.sending.faults import NO_ANSWER
from clientes_app.sending.opt_outs import accounts_concerned, add_opt_outs
from clientes_app.values.pseudonym import is_pseudonym
from clientes_app.webhooks.services import hear

from ..support.campaigns import Campaigns
from ..support.carrier import wait_until
from ..support.shop import Shop, account_of
from .conftest import DOCUMENT, NAME, NUMBER, TYPED, UTTER, Person

pytestmark = pytest.mark.both_databases


SENT = Outcome(Fate.SENT, sid="SM1")
UNKNOWN = Outcome(Fate.UNKNOWN, reason=NO_ANSWER)


def send(campaigns: Campaigns, client_id: int, outcome: Outcome | None = SENT) -> int:
    """Send a campaign to one client as the sender does; None: no answer has come yet."""
    campaign_id = campaigns.start_to([client_id])
    campaigns.claim_one(campaign_id, outcome)
    return campaign_id


@pytest.mark.parametrize("bought", [True, False])
def test_nothing_of_the_person_stays_in_any_table(
    shop: Shop, account: int, campaigns: Campaigns, person: Person, bought: bool
) -> None:
    if bought:
        shop.add_sale(account, person.id, 59_900)
    sent = send(campaigns, person.id)
    waiting = campaigns.start_to([person.id, shop.add_client(account, "Otro", "3002223344")])
    person.opt_out()
    assert len(person.traces()) >= 6
    assert person.erase() is bought
    assert person.traces() == []
    assert campaigns.hold(sent, waiting)
    assert campaigns.get(sent).enviados_exitosos == 1
    row = campaigns.row(sent)
    assert (row.estado, row.twilio_sid) == (EstadoSMS.ENVIADO, "SM1")
    assert row.telefono_e164 is not None
    assert is_pseudonym(row.telefono_e164)
    assert len(row.telefono_e164) == 16


def test_one_with_sales_keeps_them_and_nothing_else(shop: Shop, account: int, person: Person) -> None:
    shop.add_sale(account, person.id, 59_900)
    assert person.erase()
    with person.app.app_context():
        client = db.session.get_one(Cliente, person.id)
        assert (client.nombre, client.telefono, client.documento, client.telefono_e164) == (ERASED_NAME, "", "", None)
        assert (client.activo, int(client.total_compras), client.nombre_clave) == (False, 59_900, "")
        assert client.borrado is not None
        assert db.session.scalar(select(Auditoria.cosa_id).filter_by(accion="cliente_borrado")) == person.id


def test_one_without_sales_is_gone(person: Person) -> None:
    assert not person.erase()
    with person.app.app_context():
        assert db.session.get(Cliente, person.id) is None
    with pytest.raises(NotFound):
        person.erase()


def test_what_waits_is_not_sent(shop: Shop, account: int, campaigns: Campaigns, person: Person) -> None:
    campaign = campaigns.start_to([person.id])
    person.erase()
    assert campaigns.has(campaign, cancelado=1)
    assert campaigns.hold(campaign)
    assert campaigns.get(campaign).estado is EstadoCampana.COMPLETADO


def test_a_message_in_twilios_hands_is_waited_for(app: Flask, campaigns: Campaigns, person: Person) -> None:
    send(campaigns, person.id, None)
    before = person.dump()
    with pytest.raises(Conflict, match="minuto"):
        person.erase()
    assert person.dump() == before
    with app.app_context():
        recording.rescue(db.engine, "test:1:x")
    person.erase()
    assert person.traces() == []


def test_an_uncertain_message_is_neither_asked_about_nor_sent_again(
    app: Flask, account: int, campaigns: Campaigns, person: Person
) -> None:
    campaign = send(campaigns, person.id, UNKNOWN)
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SMSLog).values(proxima_consulta=utc_now()))
    with app.app_context():
        assert len(doubts(db.engine, 9)) == 1
    person.erase()
    with app.test_request_context():
        assert doubts(db.engine, 9) == []
        with pytest.raises(Conflict):
            send_again(account, campaign, campaigns.row(campaign).id)
    assert campaigns.has(campaign, incierto=1)
    assert campaigns.hold(campaign)


def test_twilios_own_words_about_the_number_go(app: Flask, campaigns: Campaigns, person: Person) -> None:
    send(campaigns, person.id, Outcome(Fate.REFUSED, code=21999, reason=f"Bad To: {NUMBER}"))
    person.erase()
    assert person.traces() == []


def test_erasing_again_changes_nothing(shop: Shop, account: int, person: Person) -> None:
    shop.add_sale(account, person.id, 1)
    person.opt_out()
    person.erase()
    before = person.dump()
    assert person.erase()
    assert person.dump() == before


def test_an_erased_client_is_not_changed_found_or_sent_to(
    app: Flask, shop: Shop, account: int, campaigns: Campaigns, person: Person
) -> None:
    shop.add_sale(account, person.id, 1)
    person.erase()
    before = person.dump()
    with app.test_request_context():
        for change in (
            lambda: services.edit_client(account_of(account), person.id, {"nombre": "X"}, by=Actor(account)),
            lambda: services.set_active(account, person.id, True, by=Actor(account)),
            lambda: tagging.tag_client(account, person.id, ["VIP"], by=NOBODY),
            lambda: sales.record_sale(account_of(account), person.id, sales.NewSale(total=Decimal(1))),
        ):
            with pytest.raises(Conflict, match="borrad"):
                change()
        other = db.session.scalars(select(Cliente.id).where(Cliente.id != person.id)).first()
        with pytest.raises(NotFound):
            merging.merge(account_of(account), (person.id, other), {}, by=Actor(account))
        set_many_active(account, Ticked((person.id,)), True, by=Actor(account))
        for words in ("zulema", "quinonez", DOCUMENT, "3185557766"):
            assert found(account, words) == []
        assert found(account, "cliente borrado") == [person.id]
    assert person.dump() == before
    campaign = campaigns.start_to([person.id])
    assert campaigns.has(campaign, fallido=1)


def found(account: int, words: str) -> list[int]:
    search = Search(words, status=Status.ALL)
    return [client.id for client in db.session.scalars(matching(account, search))]


def test_another_account_erases_nothing(app: Flask, shop: Shop, person: Person) -> None:
    other = shop.add_admin("otra")
    before = person.dump()
    with app.test_request_context(), pytest.raises(NotFound):
        erase_client(account_of(other), person.id, person.imports.place.storage, by=NOBODY)
    assert person.dump() == before


def test_other_people_keep_theirs(app: Flask, shop: Shop, account: int, campaigns: Campaigns, person: Person) -> None:
    other = shop.add_admin("otra")
    shop.add_client(other, NAME, TYPED, documento=DOCUMENT)
    shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MANUAL, usuario_id=other))
    family = shop.add_client(account, "Hermana", TYPED)
    campaign = send(campaigns, family)
    person.opt_out()
    person.erase()
    assert person.opt_outs() == [NUMBER], "the sister has the number"
    assert campaigns.row(campaign).telefono_e164 == NUMBER
    with app.app_context():
        assert db.session.scalars(select(Baja.telefono_e164).filter_by(usuario_id=other)).all() == [NUMBER]
        assert db.session.scalars(select(Cliente.nombre).filter_by(usuario_id=other)).all() == [NAME]


@pytest.mark.parametrize("way", ["form", "edit", "import", "by hand"])
def test_the_opt_out_holds_when_the_number_comes_back(app: Flask, account: int, person: Person, way: str) -> None:
    person.opt_out()
    person.erase()
    assert [is_pseudonym(number) for number in person.opt_outs()] == [True]
    with app.test_request_context():
        if way == "form":
            services.create_client(account_of(account), {"nombre": "Nueva", "telefono": TYPED}, by=Actor(account))
        elif way == "edit":
            client = services.create_client(account_of(account), {"nombre": "Nueva", "telefono": ""}, by=Actor(account))
            services.edit_client(account_of(account), client.id, {"telefono": TYPED}, by=Actor(account))
        elif way == "by hand":
            opt_outs.add(account, NUMBER, by=NOBODY)
    if way == "import":
        person.imports.run(UTTER)
    assert person.opt_outs() == [NUMBER]


def test_only_the_erased_number_wakes(app: Flask, account: int, person: Person) -> None:
    person.opt_out()
    person.erase()
    hidden = person.opt_outs()
    with app.test_request_context():
        services.create_client(account_of(account), {"nombre": "Nueva", "telefono": "3185557767"}, by=Actor(account))
    assert person.opt_outs() == hidden


def test_a_change_of_the_secret_key_loses_no_opt_out(app: Flask, account: int, person: Person) -> None:
    person.opt_out()
    person.erase()
    app.secret_key = "quite another"
    with app.test_request_context():
        services.create_client(account_of(account), {"nombre": "Nueva", "telefono": TYPED}, by=Actor(account))
    assert person.opt_outs() == [NUMBER]


def test_who_answers_start_is_taken_out_although_erased(app: Flask, account: int, person: Person) -> None:
    person.opt_out()
    person.erase()
    with app.app_context():
        hear(db.engine, "SM" + "0" * 32, NUMBER, "", "ALTA")
    assert person.opt_outs() == []


def test_an_opt_out_that_was_hidden_in_an_older_spelling_holds(app: Flask, shop: Shop, account: int) -> None:
    with app.app_context(), db.engine.begin() as connection:
        add_opt_outs(connection, [account], "+5215512345678", OrigenBaja.MENSAJE)
        hide_numbers(connection, account, ["+5215512345678"])
    with app.test_request_context():
        services.create_client(
            account_of(account), {"nombre": "Nueva", "telefono": "+52 55 1234 5678"}, by=Actor(account)
        )
    with app.app_context():
        assert db.session.scalars(select(Baja.telefono_e164)).all() == ["+525512345678"]


def test_who_answers_stop_is_heard_although_erased(
    app: Flask, account: int, campaigns: Campaigns, person: Person
) -> None:
    send(campaigns, person.id)
    person.erase()
    with app.app_context():
        with db.engine.connect() as connection:
            assert accounts_concerned(connection, NUMBER) == [account]
        hear(db.engine, "SM" + "0" * 32, NUMBER, "", "BAJA")
    assert person.opt_outs() == [NUMBER]


def test_numbers_that_the_client_had_before_are_hidden_too(app: Flask, account: int, person: Person) -> None:
    person.opt_out()
    with app.test_request_context():
        services.edit_client(account_of(account), person.id, {"telefono": "3009990000"}, by=Actor(account))
    person.erase()
    assert person.traces() == []
    assert [is_pseudonym(number) for number in person.opt_outs()] == [True]


def test_what_it_answered_goes(shop: Shop, account: int, person: Person) -> None:
    other = shop.add_admin("otra")
    for whose, text_of_it in ((account, "Soy Zulema"), (other, "A otra tienda")):
        shop.add(Respuesta(telefono_e164=NUMBER, mensaje=text_of_it, usuario_id=whose))
    with person.app.test_request_context():
        client = services.find_client(account, person.id)
        assert extent_of(account, client).answers == 1
    person.erase()
    with person.app.app_context():
        assert db.session.scalars(select(Respuesta.mensaje)).all() == ["A otra tienda"]


def test_what_came_from_a_number_that_is_somebody_elses_now_stays(
    app: Flask, shop: Shop, account: int, person: Person
) -> None:
    with app.test_request_context():
        services.edit_client(account_of(account), person.id, {"telefono": "3009990000"}, by=Actor(account))
    shop.add_client(account, "Nueva", TYPED)
    shop.add(Respuesta(telefono_e164=NUMBER, mensaje="De la nueva", usuario_id=account))
    shop.add(Respuesta(telefono_e164="+573009990000", mensaje="De Zulema", usuario_id=account))
    person.erase()
    with app.app_context():
        assert db.session.scalars(select(Respuesta.mensaje)).all() == ["De la nueva"]


def test_what_was_merged_in_goes_as_well(app: Flask, shop: Shop, account: int, person: Person) -> None:
    double = shop.add_client(account, NAME, "", documento=DOCUMENT)
    with app.test_request_context():
        kept = merging.merge(account_of(account), (person.id, double), {}, by=Actor(account))
    assert kept.id == person.id
    person.erase()
    assert person.traces() == []


def test_rows_that_an_import_refused_are_forgotten(app: Flask, account: int, person: Person) -> None:
    doubled = person.imports.run(f"{UTTER}{NAME} Dos,{TYPED},\nAjena Paz,3007778899,\nOtra Ajena,3007778899,\n")
    assert len(person.imports.rejected(doubled)) == 2
    person.erase()
    assert [number for number, _, _ in person.imports.rejected(doubled)] == [5]


def test_an_import_that_is_still_to_be_applied_forgets_them(app: Flask, person: Person) -> None:
    reviewed = person.imports.review(f"{UTTER}Nueva Paz,3007778899,\n")
    assert person.imports.counts(reviewed) == {"nuevas": 1, "actualizadas": 1}
    person.erase()
    assert person.imports.counts(reviewed) == {"nuevas": 1, "olvidadas": 1}
    person.imports.apply(reviewed)
    assert person.traces() == []
    assert "Nueva Paz" in [name for name, *_ in person.imports.clients()]


def test_a_number_that_comes_back_at_this_very_moment_keeps_its_opt_out(app: Flask, person: Person) -> None:
    person.opt_out()
    entered, go_on = threading.Event(), threading.Event()

    def enter_again() -> None:
        with app.test_request_context(), unit_of_work() as session:
            session.add(Cliente(nombre="Nueva", telefono=TYPED, telefono_e164=NUMBER, usuario_id=person.account))
            session.flush()
            wake_numbers(session.connection(), person.account, [NUMBER])
            entered.set()
            go_on.wait(20)

    with app.app_context():
        take_turn(db.engine)  # as the server does at its start
    with ThreadPoolExecutor(2) as threads:
        entering = threads.submit(enter_again)
        assert entered.wait(20)
        erasing = threads.submit(person.erase)
        wait_until(lambda: erasing.done() or somebody_waits(app))
        go_on.set()
        entering.result(20)
        erasing.result(20)
    assert person.opt_outs() == [NUMBER]


def somebody_waits(app: Flask) -> bool:
    """Return whether a transaction waits for another; SQLite's second writer always does."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return True
        waiting = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        return bool(waiting.scalar_one())


def test_undoing_an_import_brings_nobody_back(shop: Shop, account: int, person: Person) -> None:
    shop.add_sale(account, person.id, 1)
    changed = person.imports.run(f"nombre,celular,documento\nZ. Quiñonez,{TYPED},{DOCUMENT}\n")
    person.erase()
    person.imports.undo(changed)
    assert person.traces() == []
