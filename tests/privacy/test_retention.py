"""Retention: what was kept long enough is blanked, nothing else, and the sums stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clientes_app.background import daily
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import (
    Accion,
    Auditoria,
    CampanaSMS,
    Cuenta,
    EstadoCampana,
    EstadoImportacion,
    EstadoSMS,
    Importacion,
    MensajeEntrante,
    Respuesta,
    SMSLog,
)
from clientes_app.models.types import utc_now
from clientes_app.privacy import retention
from clientes_app.privacy.retention import Swept, months_before
from clientes_app.sending import claiming, control, lease, recording
from clientes_app.sending.carrier import Fate, Outcome, Result
from clientes_app.settings import current_settings
from clientes_app.values.pseudonym import is_pseudonym

from ..support.campaigns import Campaigns
from ..support.carrier import wait_until
from ..support.imports import Imports
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

OWNER = "test:1:x"


@pytest.fixture
def kept_two_months(app: Flask, account: int) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=account, meses_de_retencion=2))


def send(campaigns: Campaigns, count: int, days_ago: int) -> int:
    """Send a campaign that ended so long ago."""
    campaign_id = campaigns.start(count, "2345678")
    with campaigns.app.app_context():
        lease.hold(db.engine, OWNER)
        messages = claiming.claim(db.engine, OWNER, campaign_id, count)
        sent = [Result(each, Outcome(Fate.SENT, sid=f"SM{campaign_id}-{place}")) for place, each in enumerate(messages)]
        recording.record(db.engine, sent, {}, {})
    age(campaigns.app, campaign_id, days_ago)
    return campaign_id


def age(app: Flask, campaign_id: int, days: int) -> None:
    with app.app_context(), unit_of_work() as session:
        campaign = session.get_one(CampanaSMS, campaign_id)
        then = utc_now() - timedelta(days=days)
        campaign.creado = campaign.actualizado = then
        campaign.completado = campaign.completado and then


def sweep(app: Flask, stop_after: int | None = None) -> Swept:
    """Sweep, or be told to stop after so many batches."""
    told = iter([False] * (stop_after - 1) if stop_after else [])
    with app.app_context():
        storage = storage_of(current_settings())
        return retention.sweep(storage, (lambda: next(told, True)) if stop_after else (lambda: False))


def blanked(campaigns: Campaigns, campaign_id: int) -> int:
    """Count the messages without text and name, whose number is a pseudonym or was never there."""
    rows = campaigns.rows(campaign_id)
    return sum(
        (row.nombre, row.telefono, row.mensaje) == ("", "", "") and is_pseudonym(row.telefono_e164 or "#")
        for row in rows
    )


@pytest.mark.usefixtures("kept_two_months")
def test_what_was_kept_long_enough_is_blanked_and_the_proof_stays(
    app: Flask, account: int, campaigns: Campaigns
) -> None:
    old, young = send(campaigns, 5, 70), send(campaigns, 5, 50)
    before = {row.id: (row.estado, row.twilio_sid, row.partes, row.cliente_id) for row in campaigns.rows(old)}
    assert sweep(app) == Swept(campaigns=1, messages=6)
    assert (blanked(campaigns, old), blanked(campaigns, young)) == (6, 0)
    assert {row.id: (row.estado, row.twilio_sid, row.partes, row.cliente_id) for row in campaigns.rows(old)} == before
    assert campaigns.hold(old, young)
    assert campaigns.get(old).depurada is not None
    assert campaigns.get(young).depurada is None
    with app.app_context():
        (noted,) = db.session.scalars(select(Auditoria).filter_by(accion=Accion.MESSAGES_BLANKED))
        assert (noted.usuario_id, noted.cosa_id, noted.detalle) == (account, old, {"mensajes": 6})
    assert sweep(app) == Swept()


def test_an_account_that_settled_nothing_keeps_all(app: Flask, shop: Shop, campaigns: Campaigns) -> None:
    old = send(campaigns, 3, 4_000)
    other = shop.add_admin("otra")
    with app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=other, meses_de_retencion=1))
    assert sweep(app) == Swept()
    assert blanked(campaigns, old) == 0


@pytest.mark.usefixtures("kept_two_months")
def test_a_sweep_that_was_cut_short_goes_on(app: Flask, campaigns: Campaigns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    old = send(campaigns, 11, 70)
    assert sweep(app, stop_after=2) == Swept(campaigns=0, messages=8)
    assert blanked(campaigns, old) == 8
    assert campaigns.get(old).depurada is None
    assert campaigns.hold(old)
    assert sweep(app) == Swept(campaigns=1, messages=4)
    assert blanked(campaigns, old) == 12


@pytest.mark.usefixtures("kept_two_months")
def test_what_has_not_ended_is_left(app: Flask, campaigns: Campaigns) -> None:
    running, paused = campaigns.start(3), campaigns.start(3)
    with app.app_context(), unit_of_work() as session:
        control.pause(session.connection(), paused)
    for campaign_id in (running, paused):
        age(app, campaign_id, 400)
    assert sweep(app) == Swept()
    assert campaigns.has(running, pendiente=3)
    assert campaigns.has(paused, pendiente=3)


@pytest.mark.usefixtures("kept_two_months")
def test_one_that_an_error_stopped_is_given_up(app: Flask, campaigns: Campaigns) -> None:
    stopped = campaigns.start(3)
    with app.app_context(), unit_of_work() as session:
        values = {"estado": EstadoCampana.ERROR, "error_mensaje": "x"}
        session.execute(update(CampanaSMS).where(CampanaSMS.id == stopped).values(values))
    age(app, stopped, 70)
    assert sweep(app) == Swept(campaigns=1, messages=3)
    assert campaigns.has(stopped, cancelado=3)
    assert campaigns.get(stopped).estado is EstadoCampana.CANCELADO
    assert campaigns.hold(stopped)


@pytest.mark.usefixtures("kept_two_months")
def test_a_number_has_one_pseudonym(app: Flask, shop: Shop, account: int, campaigns: Campaigns) -> None:
    clients = shop.add_clients(account, ["3001234567", "3001234568"])
    first, second = campaigns.start_to(clients), campaigns.start_to(clients)
    for campaign_id in (first, second):
        with app.app_context(), unit_of_work() as session:
            control.cancel(session.connection(), campaign_id)
        age(app, campaign_id, 70)
    sweep(app)
    numbers = [[row.telefono_e164 for row in campaigns.rows(campaign_id)] for campaign_id in (first, second)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers[0])) == 2
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(SMSLog.estado == EstadoSMS.CANCELADO)) == 4


def test_a_forgotten_import_is_cancelled_and_its_file_deleted(app: Flask, account: int) -> None:
    imports = Imports(app, account)
    uploaded, reviewed, young = (
        imports.upload("nombre\nA\n"),
        imports.review("nombre\nB\n"),
        imports.upload("nombre\nC\n"),
    )
    kept = {path.name for path in files(imports) if path.name.startswith(imports.get(young).archivo)}
    with app.app_context(), unit_of_work() as session:
        then = utc_now() - timedelta(days=8)
        old = Importacion.id.in_([uploaded, reviewed])
        session.execute(update(Importacion).where(old).values(creado=then, latido=None))
    assert sweep(app) == Swept(imports=2)
    assert [imports.get(each).estado for each in (uploaded, reviewed, young)] == [
        EstadoImportacion.CANCELADA,
        EstadoImportacion.CANCELADA,
        EstadoImportacion.SUBIDA,
    ]
    assert {path.name for path in files(imports)} == kept


def files(imports: Imports) -> list[Path]:
    return list(imports.folder.iterdir())


def test_a_message_that_was_heard_is_known_for_a_year(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        for sid, days in (("SM1", 366), ("SM2", 364), ("SM3", 0)):
            session.add(MensajeEntrante(sid=sid, recibido=utc_now() - timedelta(days=days)))
    with app.app_context():
        retention.sweep(storage_of(current_settings()))
    with app.app_context():
        assert sorted(db.session.scalars(select(MensajeEntrante.sid))) == ["SM2", "SM3"]


@pytest.mark.usefixtures("kept_two_months")
def test_the_server_sweeps_by_itself(app: Flask, account: int, campaigns: Campaigns) -> None:
    imports, old = Imports(app, account), send(campaigns, 3, 70)
    left = imports.upload("nombre\nA\n")
    with app.app_context(), unit_of_work() as session:
        session.get_one(Importacion, left).creado = utc_now() - timedelta(days=8)
    started = daily.start_daily(app)
    wait_until(lambda: imports.get(left).estado is EstadoImportacion.CANCELADA)
    started.stop()
    started.wait_for_end()
    assert blanked(campaigns, old) == 4
    assert campaigns.get(old).depurada is not None


def test_one_process_sweeps_once_a_day(app: Flask) -> None:
    with app.app_context():
        assert [daily.take_turn(db.engine) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("moment", "months", "earlier"),
    [
        (datetime(2026, 11, 22, 8, tzinfo=UTC), 2, datetime(2026, 9, 22, 8, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 13, datetime(2024, 12, 15, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 12, datetime(2023, 2, 28, tzinfo=UTC)),
        (datetime(2026, 5, 1, tzinfo=UTC), 10**9, datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_months_are_the_calendars(moment: datetime, months: int, earlier: datetime) -> None:
    assert months_before(moment, months) == earlier


@pytest.mark.usefixtures("kept_two_months")
def test_answers_go_when_they_were_kept_long_enough(
    app: Flask, shop: Shop, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    other = shop.add_admin("otra")
    for whose, days in ((account, 70), (account, 90), (account, 95), (account, 50), (other, 4_000)):
        moment = utc_now() - timedelta(days=days)
        shop.add(Respuesta(telefono_e164="+573001234567", mensaje=f"{days}", recibida=moment, usuario_id=whose))
    assert sweep(app) == Swept(answers=3)
    with app.app_context():
        assert sorted(db.session.scalars(select(Respuesta.mensaje))) == ["4000", "50"]
