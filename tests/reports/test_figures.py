"""The figures of reports are those of the rows behind them, whatever becomes of the rows, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.audit_log import NOBODY
from clientes_app.clients.duplicates.merging import merge
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import CampanaSMS, Cliente, CompraDespues, Cuenta, EstadoSMS, Recibo, SMSLog, Venta
from clientes_app.privacy.services import erase
from clientes_app.reports import ends
from clientes_app.reports.behind import lists
from clientes_app.reports.behind.lists import Asked, What
from clientes_app.reports.campaign_report import MOST_STEPS, campaign_report
from clientes_app.reports.clients_report import FREQUENCY, RECENCY, clients_report
from clientes_app.reports.counted.unreached import Unreached
from clientes_app.reports.hours_report import hours_report
from clientes_app.reports.kept_months import kept_months
from clientes_app.reports.month_report import month_report, span_of
from clientes_app.sending import evidence
from clientes_app.settings import current_settings
from clientes_app.tenancy import Account

from ..support.clock import Clock
from ..support.shop import Shop
from . import plain
from .plain import Rows
from .random_shop import RandomShop

pytestmark = pytest.mark.both_databases

MONTHS = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
ZONES = ("Asia/Kolkata", "America/Bogota")


@pytest.fixture
def shops(app: Flask, shop: Shop, clock: Clock) -> list[RandomShop]:
    """Two accounts, in two zones."""
    clock.set(2026, 11, 20, 9)
    return [RandomShop(app, shop, name, zone, seed) for seed, (name, zone) in enumerate(zip("ab", ZONES, strict=True))]


@pytest.fixture
def first(shops: list[RandomShop]) -> RandomShop:
    return shops[0]


def account_of(shop: RandomShop, zone: str) -> Account:
    return Account(shop.account, ZoneInfo(zone), "CO")


def check(shop: RandomShop, zone: str, days: int = 7) -> None:
    """Fail where any figure of an account is another than its rows make it."""
    rows, account = Rows(shop.app, shop.account, zone), account_of(shop, zone)
    bought = rows.bought(days)
    with shop.app.test_request_context():
        for month in MONTHS:
            check_month(rows, account, month, bought)
        for campaign_id in rows.campaigns:
            check_campaign(rows, account, campaign_id, bought)
        check_hours(rows, account)
        check_clients(rows, account)
        check_home(rows, account, days)
        numbers = dict(db.session.execute(select(Cliente.id, Cliente.numero_compras)).all())
    sold = Counter(sale.cliente_id for sale in rows.sales)
    assert all(number == sold[client] for client, number in numbers.items() if client in sold)
    assert set(sold) <= set(numbers)


def check_month(rows: Rows, account: Account, month: date, bought: list[plain.Bought]) -> None:
    report = month_report(account, month)
    messages = rows.messages_of(month)
    then = [each for each in bought if rows.in_month(each.sale.fecha, month)]
    figures = report.figures
    assert (figures.messages, figures.delivered, figures.failed) == plain.states(messages)
    assert sum(figures.ends[each] for each in ends.SENT) == figures.messages
    assert sum(figures.ends.values()) == len(messages)
    assert figures.cost == rows.cost(messages)
    assert (figures.costed.known, figures.costed.messages) == rows.costed(messages)
    assert (figures.purchases.sales, figures.purchases.buyers, figures.purchases.pesos) == plain.sums(then)
    assert figures.opt_outs == sum(rows.in_month(each.creado, month) for each in rows.opt_outs)
    assert sum(reason.messages for reason in report.reasons) == figures.failed
    for each in report.campaigns:
        its = [one for one in then if one.message.campana_id == each.id]
        assert (each.purchases.sales, each.purchases.buyers, each.purchases.pesos) == plain.sums(its)
        assert each.messages == plain.states([one for one in messages if one.campana_id == each.id])[0]
    assert sum(each.purchases.sales for each in report.campaigns) == len(then), "each sale counts once"
    assert sum(each.messages for each in report.campaigns) == figures.messages
    if report.best:
        assert report.best.purchases.pesos == max(each.purchases.pesos for each in report.campaigns)
    check_behind(account, month, report.figures)


def check_behind(account: Account, month: date, figures: Any) -> None:
    span = span_of(month, account)
    for what, number in (
        (What.SENT, figures.messages),
        (What.DELIVERED, figures.delivered),
        (What.NOT_ARRIVED, figures.failed),
    ):
        assert len(list(all_messages(account, Asked(what, span=span)))) == number
    sales = lists.purchases(db.session(), account.id, Asked(span=span), None)
    assert len(sales.rows) == min(figures.purchases.sales, lists.A_PAGE)
    assert len(lists.opt_outs(db.session(), account.id, span, None).rows) == figures.opt_outs


def all_messages(account: Account, asked: Asked) -> list[SMSLog]:
    """Return the messages of all pages."""
    found: list[SMSLog] = []
    after: int | None = None
    while True:
        page = lists.messages(account.id, asked, after)
        found += [row for row, _ in page.rows]
        if page.next is None:
            assert len({row.id for row in found}) == len(found)
            return found
        after = page.next


def check_campaign(rows: Rows, account: Account, campaign_id: int, bought: list[plain.Bought]) -> None:
    report = campaign_report(account, campaign_id)
    messages = [each for each in rows.messages if each.campana_id == campaign_id]
    its = [each for each in bought if each.message.campana_id == campaign_id]
    assert report.chosen == len(messages)
    assert (report.sent, report.delivered) == plain.states(messages)[:2]
    assert report.cost == rows.cost(messages)
    assert (report.costed.known, report.costed.messages) == rows.costed(messages)
    assert (report.purchases.sales, report.purchases.buyers, report.purchases.pesos) == plain.sums(its)
    assert sum(step.sent for step in report.steps) == report.sent
    assert all(step.begins.astimezone(account.zone).minute == 0 for step in report.steps)
    assert len({step.begins for step in report.steps}) == len(report.steps) <= MOST_STEPS
    assert sum(step.delivered for step in report.steps) == report.delivered
    for reason in report.reasons:
        sentence = None if reason.code else reason.sentence
        asked = Asked(What(reason.kind.value), campaign_id, code=reason.code, sentence=sentence)
        assert len(all_messages(account, asked)) == reason.messages


def check_hours(rows: Rows, account: Account) -> None:
    report = hours_report(account)
    slots, without_hour = rows.by_slot(report.first, report.last)
    assert {
        (day, hour): number for day, hours in enumerate(report.sales) for hour, number in enumerate(hours) if number
    } == slots
    assert report.without_hour == without_hour
    if report.best:
        assert slots[report.best] == max(slots.values())


def check_clients(rows: Rows, account: Account) -> None:
    report = clients_report(account)
    clients = db.session.scalars(select(Cliente).where(Cliente.usuario_id == account.id)).all()
    active = [each for each in clients if each.activo]
    tiles = [[0] * len(FREQUENCY) for _ in (*RECENCY, None)]
    for each in active:
        if each.numero_compras and each.ultima_compra:
            age = (report.today - each.ultima_compra.astimezone(account.zone).date()).days
            column = sum(each.numero_compras >= least for least, _ in FREQUENCY) - 1
            tiles[sum(age > days for days in RECENCY)][column] += 1
    assert [[tile.clients for tile in row] for row in report.tiles] == tiles
    listed, sent = {each.telefono_e164 for each in rows.opt_outs}, rows.written_to()
    numbered = [each for each in active if each.telefono_e164]
    assert report.unreached == Unreached(
        len(clients) - len(active),
        len(active) - len(numbered),
        sum(each.telefono_e164 in listed for each in numbered),
        sum(each.id in rows.lost() for each in active),
        sum(each.telefono_e164 not in listed and each.id not in sent for each in numbered),
    )
    for month in report.months:
        assert month.new_clients == sum(rows.in_month(each.creado, month.first) for each in clients)


def check_home(rows: Rows, account: Account, days: int) -> None:
    bought = rows.bought(days)
    kept = kept_months(account)
    for month in kept.months:
        then = [each for each in bought if rows.in_month(each.sale.fecha, month.first)]
        assert month.pesos == plain.sums(then)[2], month.first
    so_far = month_report(account, kept.first).before_so_far
    assert so_far
    assert (so_far.purchases.sales, so_far.delivered) == (kept.before.sales, kept.before.delivered)
    assert kept.figures.sales == sum(rows.in_month(each.sale.fecha, kept.first) for each in bought)


def check_all(shops: list[RandomShop], days: int = 7) -> None:
    for shop, zone in zip(shops, ZONES, strict=True):
        check(shop, zone, days)


def change(shop: RandomShop, *statements: Any) -> None:
    with shop.app.app_context(), unit_of_work() as session:
        for statement in statements:
            session.execute(statement)


def test_figures_are_those_of_the_rows(shops: list[RandomShop]) -> None:
    check_all(shops)
    check_all(shops)


def test_sales_that_are_edited_deleted_and_entered_for_the_past(shops: list[RandomShop]) -> None:
    check_all(shops)
    for shop in shops:
        for sale in shop.sales[:20]:
            shop.change_sale(sale, fecha=shop.moment(), total=shop.dice.randrange(1, 90) * 500)
        for sale in shop.sales[20:30]:
            shop.change_sale(sale, cliente_id=shop.dice.choice(shop.clients))
        for sale in shop.sales[30:45]:
            shop.delete_sale(sale)
        shop.sales += [shop.add_sale(shop.dice.choice(shop.clients), shop.moment()) for _ in range(15)]
    check_all(shops)


def test_prices_that_were_set_late(shops: list[RandomShop], first: RandomShop) -> None:
    without = first.campaigns[::2]
    change(first, update(CampanaSMS).where(CampanaSMS.id.in_(without)).values(costo=0, partes=0))
    check_all(shops)
    with first.app.test_request_context():
        figures = [month_report(account_of(first, ZONES[0]), month).figures for month in MONTHS]
        assert all(campaign_report(account_of(first, ZONES[0]), each).per_peso is None for each in without)
    partly = [each for each in figures if each.cost and not each.costed.is_whole]
    assert partly
    assert {each.per_peso for each in partly} == {None}


def test_days_that_count_are_changed(shops: list[RandomShop]) -> None:
    for days in (1, 60, 7):
        change(shops[0], update(Cuenta).values(dias_de_compra=days))
        check_all(shops, days)


def test_clients_are_merged_and_erased(shops: list[RandomShop], first: RandomShop) -> None:
    check_all(shops)
    with first.app.test_request_context():
        for kept, dropped in zip(first.clients[:6:2], first.clients[1:6:2], strict=True):
            merge(account_of(first, ZONES[0]), (kept, dropped), {}, by=NOBODY)
        erase(account_of(first, ZONES[0]), first.clients[6], storage_of(current_settings()), by=NOBODY)
    check_all(shops)


def test_messages_that_go_out_and_arrive_later(shops: list[RandomShop], first: RandomShop) -> None:
    check_all(shops)
    campaign_id = first.campaigns[0]
    uncertain = SMSLog.campana_id.in_(first.campaigns), SMSLog.estado == EstadoSMS.INCIERTO
    with first.app.app_context():
        ids = dict(db.session.execute(select(SMSLog.id, SMSLog.campana_id).where(*uncertain)).all())
        sold = db.session.scalar(select(Venta.fecha).where(Venta.usuario_id == first.account).limit(1))
    assert ids
    assert sold
    # Before a sale that has been stored and counted: the sale moves to it.
    now_sent = {"estado": EstadoSMS.ENVIADO, "actualizado": sold - timedelta(hours=1)}
    for row_id, its_campaign in ids.items():
        moved = update(SMSLog).where(SMSLog.id == row_id).values(**now_sent, twilio_sid=f"SMlate{row_id}")
        counted = update(CampanaSMS).where(CampanaSMS.id == its_campaign)
        one_more = {
            "inciertos": CampanaSMS.inciertos - 1,
            "enviados_exitosos": CampanaSMS.enviados_exitosos + 1,
        }
        change(first, moved, counted.values(one_more))
    check_all(shops)
    new = first.add_campaign()
    first.campaigns.append(new)
    check_all(shops)
    assert campaign_id in first.campaigns


def test_receipts_that_come_after_a_campaign_was_counted(
    shops: list[RandomShop], first: RandomShop, clock: Clock
) -> None:
    check_all(shops)
    with first.app.app_context():
        silent = SMSLog.campana_id.in_(first.campaigns), SMSLog.estado == EstadoSMS.ENVIADO, SMSLog.recibo.is_(None)
        rows = db.session.execute(select(SMSLog.id, SMSLog.twilio_sid).where(*silent)).all()
    assert len(rows) > 2
    for place, (row_id, sid) in enumerate(rows):
        change(first, update(SMSLog).where(SMSLog.id == row_id).values(intento=f"a{row_id}"))
        said = Recibo.DELIVERED if place % 2 else Recibo.UNDELIVERED
        with first.app.app_context():
            evidence.receive(db.engine, [evidence.Receipt(f"a{row_id}", sid, said, None if place % 2 else 30003)])
        clock.pass_by(minutes=7)
    check_all(shops)


def test_a_deleted_sale_leaves_no_link(first: RandomShop) -> None:
    check(first, ZONES[0])
    for sale in list(first.sales):
        first.delete_sale(sale)
    with first.app.app_context():
        assert db.session.scalars(select(CompraDespues).where(CompraDespues.usuario_id == first.account)).all() == []
    check(first, ZONES[0])
