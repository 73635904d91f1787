"""The commands of `flask --app wsgi`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.cli.demo_shop import load_shop
from clientes_app.clients.search.criteria import Search
from clientes_app.config import SmsMode
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, Cliente, EstadoCampana, PlantillaSMS, SMSLog, Usuario, Venta
from clientes_app.settings import current_settings, replace_settings
from clientes_app.simulator.ledger import Ledger

from ..support.checking_client import open_browser
from ..support.shop import Shop


def run(app: Flask, *words: str, given: str = "") -> Any:
    return app.test_cli_runner().invoke(args=list(words), input=given)


def test_a_sweep_says_what_it_did(app: Flask) -> None:
    answer = run(app, "privacy", "sweep")
    assert (answer.exit_code, answer.output) == (0, "0 messages of 0 campaigns blanked, 0 imports cancelled\n")


class TestUsersCreate:
    """`users create`."""

    def test_people_who_can_log_in(self, app: Flask) -> None:
        admin = run(app, "users", "create", "ana", "--role", "admin", "--password-stdin", given="a good password\n")
        assert admin.exit_code == 0, admin.output
        words = ("users", "create", "vero", "--role", "vendedor", "--owner", "ana", "--password-stdin")
        assert run(app, *words, given="a good password\n").exit_code == 0
        for name in ("ana", "vero"):
            assert open_browser(app).log_in(name).status_code == 302

    @pytest.mark.parametrize(
        ("words", "password"),
        [
            (("ana", "--role", "admin"), "another password"),
            (("eva", "--role", "admin"), "short"),
            (("eva", "--role", "vendedor"), "a good password"),
            (("eva", "--role", "vendedor", "--owner", "nobody"), "a good password"),
            (("eva", "--role", "admin", "--owner", "ana"), "a good password"),
            (("", "--role", "admin"), "a good password"),
            (("x" * 151, "--role", "admin"), "a good password"),
        ],
    )
    def test_what_will_not_do_is_said(self, app: Flask, account: int, words: tuple[str, ...], password: str) -> None:
        refused = run(app, "users", "create", *words, "--password-stdin", given=f"{password}\n")
        assert refused.exit_code == 1
        assert "Error: " in refused.output
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(Usuario)) == 1


class TestCampaignsVerify:
    """`campaigns verify`."""

    @pytest.fixture
    def campaign(self, app: Flask, shop: Shop, account: int) -> int:
        shop.add_clients(account, ["3001110001", "3001110001", ""])
        with app.test_request_context():
            return int(services.create_campaign(account, services.Draft(Search(), "Hola"), by=NOBODY).id)

    def test_a_campaign_that_holds(self, app: Flask, campaign: int) -> None:
        proof = run(app, "campaigns", "verify", str(campaign))
        assert proof.exit_code == 0
        said = json.loads(proof.output)
        assert (said["total_clientes"], said["suma"], said["correcto"]) == (3, 3, True)
        assert (said["filas"]["pendiente"], said["filas"]["omitido"], said["filas"]["fallido"]) == (1, 1, 1)

    def test_one_that_does_not(self, app: Flask, campaign: int) -> None:
        with app.app_context():
            db.session.execute(update(SMSLog).where(SMSLog.estado == "omitido").values(estado="fallido"))
            db.session.commit()
        proof = run(app, "campaigns", "verify", str(campaign))
        assert proof.exit_code == 1
        assert json.loads(proof.output)["problemas"] == ["fallido: 2 rows, counter 1", "omitido: 0 rows, counter 1"]

    def test_one_that_does_not_exist(self, app: Flask) -> None:
        assert run(app, "campaigns", "verify", "99").exit_code == 1


class TestSampleShop:
    """`demo`."""

    def test_a_shop_to_try_it_with(self, app: Flask) -> None:
        with app.app_context(), Ledger() as ledger:
            assert load_shop("CO", ledger)
            counts = {model: db.session.scalar(select(func.count()).select_from(model)) for model in (Cliente, Usuario)}
            assert counts == {Cliente: 60, Usuario: 2}
            assert db.session.scalar(select(func.count()).select_from(PlantillaSMS))
            assert db.session.scalar(select(func.count()).select_from(Venta))
            assert db.session.scalar(select(func.count()).where(Cliente.telefono_e164.is_(None)))
            campaigns = db.session.scalars(select(CampanaSMS)).all()
            assert {campaign.estado for campaign in campaigns} == {EstadoCampana.COMPLETADO}
            assert ledger.count() == sum(campaign.enviados_exitosos for campaign in campaigns)
            assert not load_shop("CO", ledger), "people are there already"
        for name in ("demo", "vendedora"):
            assert open_browser(app).log_in(name, "demo").status_code == 302

    def test_its_people_do_not_exist_in_twilio_mode(self, app: Flask) -> None:
        with app.app_context(), Ledger() as ledger:
            load_shop("CO", ledger)
            settings = current_settings()
        client = open_browser(app)
        client.log_in("demo", "demo")
        replace_settings(app, dataclasses.replace(settings, sms_mode=SmsMode.TWILIO))
        assert client.get("/").status_code == 302, "the open session has ended"
        assert client.log_in("demo", "demo").status_code == 200
        refused = run(app, "demo")
        assert refused.exit_code == 1
        assert "simulated mode only" in refused.output


class TestClientsImport:
    """`clients import`."""

    def test_a_list_becomes_clients(self, app: Flask, account: int, tmp_path: Path) -> None:
        file = tmp_path / "lista.csv"
        file.write_text("Quien;Cel;Otro\nAna Ruiz;3001234567;77\n;3001234568;\nAna R.;3001234567;\n")
        words = ("--map", "nombre=quien", "--map", "documento=3", "--tag", "Feria")
        done = run(app, "clients", "import", str(file), "--owner", "ana", *words)
        assert done.exit_code == 0, done.output
        assert "1 new, 0 updated, 0 unchanged; rejected: 1 doubled in the file, 1 wrong" in done.output
        with app.app_context():
            client = db.session.scalars(select(Cliente)).one()
            assert (client.nombre, client.telefono_e164, client.documento) == ("Ana Ruiz", "+573001234567", "77")

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--owner", "nobody"), "nobody"),
            (("--owner", "ana", "--map", "edad=quien"), "edad"),
            (("--owner", "ana", "--map", "nombre=quién sabe"), "quién sabe"),
        ],
    )
    def test_what_will_not_do_is_said(
        self, app: Flask, account: int, tmp_path: Path, words: tuple[str, ...], said: str
    ) -> None:
        file = tmp_path / "lista.csv"
        file.write_text("Quien;Cel\nAna Ruiz;3001234567\n")
        refused = run(app, "clients", "import", str(file), *words)
        assert refused.exit_code == 1
        assert said in refused.output
