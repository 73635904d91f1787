"""numbers of today: a country's older spellings of a number, and the kinds of lines that get no SMS

What stands here is derived from what people typed, so it is what the code derives: an older rule would leave behind
what it is to replace.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from clientes_app.settings import current_settings
from clientes_app.values import phone
from clientes_app.values.phone_changes import CHANGED_CODES

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 5_000
DUPLICATE = "Duplicate number"
ON_ITS_WAY = {"enviado", "enviando", "incierto"}
NEVER_ARRIVED = {"fallido", "cancelado"}

CLIENTS = sa.table("cliente", *map(sa.column, ("id", "telefono", "telefono_e164", "busqueda")))
OPT_OUTS = sa.table("baja", *map(sa.column, ("id", "telefono_e164", "usuario_id")))
MESSAGES = sa.table(
    "sms_log", *map(sa.column, ("id", "campana_id", "telefono_e164", "estado", "error_mensaje", "actualizado"))
)
CAMPAIGNS = sa.table(
    "campana_sms", *map(sa.column, ("id", "estado", "pendientes", "enviando", "omitidos", "completado", "velocidad"))
)


def upgrade():
    connection = op.get_bind()
    read_clients(connection, current_settings().default_region)
    rename_opt_outs(connection)
    rename_messages(connection)


def downgrade():
    """Leave the numbers as they are: they were right before, too."""


def read_clients(connection, region):
    """Give each client the number of today, or none where its line gets no SMS, and let it be found by it."""
    last = 0
    while rows := connection.execute(
        sa.select(CLIENTS).where(CLIENTS.c.id > last, CLIENTS.c.telefono != "").order_by(CLIENTS.c.id).limit(BATCH)
    ).all():
        last = rows[-1].id
        changed = [values for row in rows if (values := read_again(row, region))]
        if changed:
            update = sa.update(CLIENTS).where(CLIENTS.c.id == sa.bindparam("client_id"))
            update = update.values(telefono_e164=sa.bindparam("number"), busqueda=sa.bindparam("found_by"))
            connection.execute(update, changed)


def read_again(row, region):
    """Answer what changes of a client, None where nothing does."""
    # A number that was read stays that number, in whatever region it was.
    written = row.telefono_e164 or row.telefono
    number = phone.to_e164(written, region)
    digits = (number or phone.any_e164(written, region) or "+")[1:]
    found_by = row.busqueda if digits in row.busqueda else f"{row.busqueda}\n{digits}"
    if (number, found_by) == (row.telefono_e164, row.busqueda):
        return None
    return {"client_id": row.id, "number": number, "found_by": found_by}


def rename_opt_outs(connection):
    for older, today in renamed(connection, OPT_OUTS.c.telefono_e164):
        twice = sa.alias(OPT_OUTS)
        listed = sa.select(twice.c.usuario_id).where(twice.c.telefono_e164 == today)
        is_older = OPT_OUTS.c.telefono_e164 == older
        connection.execute(sa.delete(OPT_OUTS).where(is_older, OPT_OUTS.c.usuario_id.in_(listed)))
        connection.execute(sa.update(OPT_OUTS).where(is_older).values(telefono_e164=today))


def rename_messages(connection):
    for older, today in renamed(connection, MESSAGES.c.telefono_e164):
        wanted = sa.select(MESSAGES).where(MESSAGES.c.telefono_e164 == older).order_by(MESSAGES.c.id)
        for message in connection.execute(wanted).all():
            rename_message(connection, message, today)


def rename_message(connection, message, today):
    """Give a message the number of today; of two to one phone, the one that nobody has sent yet is left out."""
    other = connection.execute(
        sa.select(MESSAGES).where(MESSAGES.c.campana_id == message.campana_id, MESSAGES.c.telefono_e164 == today)
    ).first()
    if other is None:
        rename(connection, message, today)
    elif message.estado == "pendiente" and not comes_first(message, other):
        if other.estado not in NEVER_ARRIVED:
            leave_out(connection, message)
    elif other.estado == "pendiente" and message.estado not in NEVER_ARRIVED:
        leave_out(connection, other)
        rename(connection, message, today)
    # Else both are history, and stay as they went out.


def comes_first(message, other):
    return other.estado == "pendiente" and message.id < other.id


def rename(connection, message, today):
    connection.execute(sa.update(MESSAGES).where(MESSAGES.c.id == message.id).values(telefono_e164=today))


def leave_out(connection, message):
    """Omit a message that is still to be sent, and carry that over to its campaign, which may be complete by it."""
    omitted = {"estado": "omitido", "error_mensaje": DUPLICATE, "telefono_e164": None}
    connection.execute(sa.update(MESSAGES).where(MESSAGES.c.id == message.id).values(**omitted))
    left, its = CAMPAIGNS.c.pendientes - 1, CAMPAIGNS.c.id == message.campana_id
    connection.execute(sa.update(CAMPAIGNS).where(its).values(pendientes=left, omitidos=CAMPAIGNS.c.omitidos + 1))
    done = its & CAMPAIGNS.c.estado.in_(("pendiente", "procesando"))
    done &= (CAMPAIGNS.c.pendientes == 0) & (CAMPAIGNS.c.enviando == 0)
    ended = {"estado": "completado", "completado": sa.func.current_timestamp(), "velocidad": 0.0}
    connection.execute(sa.update(CAMPAIGNS).where(done).values(**ended))


def renamed(connection, column):
    """Answer the numbers in a column that are written otherwise today, each with what it is today."""
    prefixes = sa.or_(*(column.like(f"+{code}%") for code in CHANGED_CODES))
    numbers = connection.execute(sa.select(column).where(prefixes).distinct().order_by(column)).scalars().all()
    pairs = ((number, phone.of_today(number)) for number in numbers)
    return [(number, today) for number, today in pairs if today != number]
