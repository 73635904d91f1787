"""every line of a file is counted; a client's story names the import that changed it; placeholders are no keys

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COUNTERS = ("preguntadas", "intactas", "olvidadas", "titulos", "en_blanco", "totales")


def upgrade():
    for name in COUNTERS:
        op.add_column("importacion", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("importacion", sa.Column("deja_existentes", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Added in place: SQLite would rebuild the table in batch mode.
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE cambio_de_cliente ADD COLUMN importacion_id {number}"
        " CONSTRAINT fk_cambio_de_cliente_importacion_id REFERENCES importacion (id) ON DELETE SET NULL"
    )
    op.add_column("cambio_de_cliente", sa.Column("deshace", sa.Boolean(), nullable=False, server_default=sa.false()))
    client = sa.table("cliente", sa.column("documento_clave", sa.String))
    op.execute(client.update().where(client.c.documento_clave.in_(placeholders())).values(documento_clave=""))


def downgrade():
    op.drop_column("cambio_de_cliente", "deshace")
    op.drop_column("cambio_de_cliente", "importacion_id")
    for name in ("deja_existentes", *COUNTERS):
        op.drop_column("importacion", name)


def placeholders():
    """Return the keys of what says that there is no document, as they are derived from now on."""
    one_sign = {digit * length for digit in "123456789" for length in range(5, 21)}
    one_sign |= {sign * length for sign in "0x" for length in range(1, 21)}
    one_sign |= {letter * length for letter in "abcdefghijklmnopqrstuvwyz" for length in range(3, 21)}
    up, down = "01234567890", "9876543210"
    counted = {run[start:end] for run in (up, down) for start in range(11) for end in range(start + 5, 12)}
    words = (
        "na nd ns nr no none null nil nan nada ninguno ninguna noaplica notiene noregistra noreporta nosabe nodisponible"
        " nosuministra nosuministrado nohay noid sd sn sin sindato sindatos sindocumento sindoc sincedula sinnit sinid"
        " sinidentificacion sininformacion sinregistro sinnumero vacio pendiente pordefinir desconocido unknown"
        " notavailable notapplicable notprovided nodocument generico clientegenerico varios consumidorfinal cf mostrador"
        " cc nit ce xaxx010101000 xexx010101000 444444444001 2222222222227"
    )
    return sorted(one_sign | {each for each in counted if len(each) >= 5} | set(words.split()))
