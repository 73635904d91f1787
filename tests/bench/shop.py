"""A database with one account for each size of audience."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, insert, select

from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, Cliente, EstadoCampana, EstadoSMS, PublicidadDelDia, SMSLog, Usuario
from clientes_app.models.types import utc_now
from clientes_app.values.client_keys import keys_of

from ..support.shop import Shop
from .callbacks import attempt_of, sid_of

TEXT = "Hola {nombre}, este mes tienes 20% de descuento en toda la tienda. Te esperamos!"
_A_STATEMENT = 5_000


def add_accounts(app: Flask, sizes: Iterable[int]) -> None:
    """Store an account for each size, whose admin is called as `admin_of` says, with so many clients."""
    for size in sizes:
        account_id = Shop(app).add_admin(admin_of(size))
        Shop(app).open_always(account_id)
        with app.app_context(), write_transaction(db.engine) as connection:
            for first in range(0, size, _A_STATEMENT):
                places = range(first, min(first + _A_STATEMENT, size))
                connection.execute(insert(Cliente), [_client(account_id, place) for place in places])


def forget_advertising(app: Flask) -> None:
    """Let everybody be sent an advertisement today who has had one."""
    with app.app_context(), write_transaction(db.engine) as connection:
        connection.execute(delete(PublicidadDelDia))


def add_sent_messages(app: Flask, size: int) -> None:
    """Store a campaign whose messages Twilio has accepted and said nothing of since."""
    with app.app_context(), write_transaction(db.engine) as connection:
        account_id = connection.scalar(select(Usuario.id).limit(1))
        campaign = {"nombre": "Enviada", "mensaje": TEXT, "enviada_por_id": account_id, "usuario_id": account_id}
        done = {"estado": EstadoCampana.COMPLETADO, "completado": utc_now()}
        counts = {"total_clientes": size, "enviados_exitosos": size}
        campaign_id = connection.scalar(insert(CampanaSMS).values(campaign | done | counts).returning(CampanaSMS.id))
        connection.execute(insert(SMSLog), [_sent_message(campaign_id, place) for place in range(size)])


def without_receipt(app: Flask) -> int:
    """Count the stored messages of which no handset's receipt is known."""
    with app.app_context():
        missing = select(func.count()).where(SMSLog.recibo.is_distinct_from("delivered"))
        # As attempt_of begins: other attempts are random.
        return db.session.scalar(missing.where(SMSLog.intento.startswith("0" * 16))) or 0


def _sent_message(campaign_id: int | None, place: int) -> dict[str, Any]:
    return {
        "campana_id": campaign_id,
        "nombre": f"Cliente {place}",
        "telefono_e164": number(place),
        "estado": EstadoSMS.ENVIADO,
        "intento": attempt_of(place),
        "twilio_sid": sid_of(place),
    }


def admin_of(size: int) -> str:
    """Name the admin of the account with so many clients."""
    return f"tienda{size}"


def number(place: int) -> str:
    """Return the mobile number at a place."""
    return f"+573{place:09d}"


def _client(account_id: int, place: int) -> dict[str, Any]:
    name, to = f"Cliente {place}", number(place)
    return {
        "nombre": name,
        "telefono": to,
        "documento": "",
        **keys_of(name, to, "", "CO")._asdict(),
        "activo": True,
        "creado": utc_now(),
        "usuario_id": account_id,
    }
