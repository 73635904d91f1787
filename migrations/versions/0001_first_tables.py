"""first tables

Revision ID: 0001
Revises: 
Create Date: 2026-11-22 17:04:12.291840

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('turno_de_envio',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('titular', sa.String(length=120), nullable=False),
    sa.Column('latido', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_turno_de_envio_unico')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turno_de_envio'))
    )
    op.create_table('usuario',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('usuario', sa.String(length=150), nullable=False),
    sa.Column('clave_hash', sa.String(length=255), nullable=False),
    sa.Column('rol', sa.Enum('admin', 'vendedor', name='rol', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('creado_por_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('negocio', sa.String(length=150), nullable=False),
    sa.Column('idioma', sa.String(length=8), nullable=True),
    sa.Column('de_muestra', sa.Boolean(), nullable=False),
    sa.Column('creado', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(rol = 'admin') = (creado_por_id IS NULL)", name=op.f('ck_usuario_creado_por')),
    sa.CheckConstraint('length(usuario) BETWEEN 1 AND 150', name=op.f('ck_usuario_usuario')),
    sa.ForeignKeyConstraint(['creado_por_id'], ['usuario.id'], name=op.f('fk_usuario_creado_por_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_usuario')),
    sa.UniqueConstraint('usuario', name=op.f('uq_usuario_usuario'))
    )
    with op.batch_alter_table('usuario', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_usuario_creado_por_id'), ['creado_por_id'], unique=False)

    op.create_table('baja',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('telefono_e164', sa.String(length=16), nullable=False),
    sa.Column('origen', sa.Enum('mensaje', 'twilio', 'manual', name='origenbaja', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('creado', sa.DateTime(timezone=True), nullable=False),
    sa.Column('usuario_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['usuario_id'], ['usuario.id'], name=op.f('fk_baja_usuario_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_baja')),
    sa.UniqueConstraint('usuario_id', 'telefono_e164', name=op.f('uq_baja_usuario_id_telefono_e164'))
    )
    op.create_table('cliente',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('nombre', sa.String(length=150), nullable=False),
    sa.Column('telefono', sa.String(length=20), server_default='', nullable=False),
    sa.Column('telefono_e164', sa.String(length=16), nullable=True),
    sa.Column('documento', sa.String(length=20), server_default='', nullable=False),
    sa.Column('busqueda', sa.Text(), server_default='', nullable=False),
    sa.Column('activo', sa.Boolean(), nullable=False),
    sa.Column('creado', sa.DateTime(timezone=True), nullable=False),
    sa.Column('usuario_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(documento) <= 20', name=op.f('ck_cliente_documento')),
    sa.CheckConstraint('length(nombre) BETWEEN 1 AND 150', name=op.f('ck_cliente_nombre')),
    sa.CheckConstraint('length(telefono) <= 20', name=op.f('ck_cliente_telefono')),
    sa.ForeignKeyConstraint(['usuario_id'], ['usuario.id'], name=op.f('fk_cliente_usuario_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cliente')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('cliente', schema=None) as batch_op:
        batch_op.create_index('ix_cliente_usuario_id_activo_id', ['usuario_id', 'activo', 'id'], unique=False)
        batch_op.create_index('ix_cliente_usuario_id_telefono_e164', ['usuario_id', 'telefono_e164'], unique=False)

    op.create_table('plantilla_sms',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('nombre', sa.String(length=100), nullable=False),
    sa.Column('mensaje', sa.Text(), nullable=False),
    sa.Column('activo', sa.Boolean(), nullable=False),
    sa.Column('creado', sa.DateTime(timezone=True), nullable=False),
    sa.Column('usuario_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(mensaje) BETWEEN 1 AND 1600', name=op.f('ck_plantilla_sms_mensaje')),
    sa.CheckConstraint('length(nombre) BETWEEN 1 AND 100', name=op.f('ck_plantilla_sms_nombre')),
    sa.ForeignKeyConstraint(['usuario_id'], ['usuario.id'], name=op.f('fk_plantilla_sms_usuario_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plantilla_sms')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('plantilla_sms', schema=None) as batch_op:
        batch_op.create_index('ix_plantilla_sms_usuario_id_activo_id', ['usuario_id', 'activo', 'id'], unique=False)

    op.create_table('campana_sms',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('nombre', sa.String(length=200), nullable=False),
    sa.Column('mensaje', sa.Text(), nullable=False),
    sa.Column('total_clientes', sa.Integer(), nullable=False),
    sa.Column('pendientes', sa.Integer(), nullable=False),
    sa.Column('enviando', sa.Integer(), nullable=False),
    sa.Column('enviados_exitosos', sa.Integer(), nullable=False),
    sa.Column('enviados_fallidos', sa.Integer(), nullable=False),
    sa.Column('omitidos', sa.Integer(), nullable=False),
    sa.Column('inciertos', sa.Integer(), nullable=False),
    sa.Column('cancelados', sa.Integer(), nullable=False),
    sa.Column('estado', sa.Enum('pendiente', 'procesando', 'completado', 'error', 'pausado', 'cancelado', name='estadocampana', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('error_codigo', sa.Integer(), nullable=True),
    sa.Column('error_mensaje', sa.Text(), nullable=True),
    sa.Column('creado', sa.DateTime(timezone=True), nullable=False),
    sa.Column('iniciado', sa.DateTime(timezone=True), nullable=True),
    sa.Column('actualizado', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completado', sa.DateTime(timezone=True), nullable=True),
    sa.Column('velocidad', sa.Double(), nullable=False),
    sa.Column('clave_idempotencia', sa.String(length=200), nullable=True),
    sa.Column('plantilla_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('enviada_por_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('usuario_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("(estado = 'completado') = (completado IS NOT NULL)", name=op.f('ck_campana_sms_completado')),
    sa.CheckConstraint('length(mensaje) BETWEEN 1 AND 1600', name=op.f('ck_campana_sms_mensaje')),
    sa.CheckConstraint('length(nombre) BETWEEN 1 AND 200', name=op.f('ck_campana_sms_nombre')),
    sa.CheckConstraint('pendientes >= 0 AND enviando >= 0 AND enviados_exitosos >= 0 AND enviados_fallidos >= 0 AND omitidos >= 0 AND inciertos >= 0 AND cancelados >= 0', name=op.f('ck_campana_sms_contadores')),
    sa.CheckConstraint('total_clientes = pendientes + enviando + enviados_exitosos + enviados_fallidos + omitidos + inciertos + cancelados', name=op.f('ck_campana_sms_suma')),
    sa.ForeignKeyConstraint(['enviada_por_id'], ['usuario.id'], name=op.f('fk_campana_sms_enviada_por_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plantilla_id'], ['plantilla_sms.id'], name=op.f('fk_campana_sms_plantilla_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['usuario_id'], ['usuario.id'], name=op.f('fk_campana_sms_usuario_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campana_sms')),
    sa.UniqueConstraint('usuario_id', 'clave_idempotencia', name=op.f('uq_campana_sms_usuario_id_clave_idempotencia'))
    )
    with op.batch_alter_table('campana_sms', schema=None) as batch_op:
        batch_op.create_index('ix_campana_sms_estado_id', ['estado', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_campana_sms_plantilla_id'), ['plantilla_id'], unique=False)
        batch_op.create_index('ix_campana_sms_usuario_id_id', ['usuario_id', 'id'], unique=False)

    op.create_table('venta',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cliente_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('total', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('concepto', sa.String(length=200), server_default='', nullable=False),
    sa.Column('fecha', sa.DateTime(timezone=True), nullable=False),
    sa.Column('usuario_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(concepto) <= 200', name=op.f('ck_venta_concepto')),
    sa.CheckConstraint('total > 0', name=op.f('ck_venta_total')),
    sa.ForeignKeyConstraint(['cliente_id'], ['cliente.id'], name=op.f('fk_venta_cliente_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['usuario_id'], ['usuario.id'], name=op.f('fk_venta_usuario_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_venta'))
    )
    with op.batch_alter_table('venta', schema=None) as batch_op:
        batch_op.create_index('ix_venta_cliente_id_fecha', ['cliente_id', 'fecha'], unique=False)
        batch_op.create_index(batch_op.f('ix_venta_usuario_id'), ['usuario_id'], unique=False)

    op.create_table('sms_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campana_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cliente_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('nombre', sa.String(length=150), nullable=False),
    sa.Column('telefono', sa.String(length=20), server_default='', nullable=False),
    sa.Column('telefono_e164', sa.String(length=16), nullable=True),
    sa.Column('mensaje', sa.Text(), server_default='', nullable=False),
    sa.Column('partes', sa.Integer(), server_default='0', nullable=False),
    sa.Column('estado', sa.Enum('pendiente', 'enviando', 'enviado', 'fallido', 'omitido', 'incierto', 'cancelado', name='estadosms', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('intento', sa.String(length=32), nullable=True),
    sa.Column('twilio_sid', sa.String(length=100), nullable=True),
    sa.Column('error_codigo', sa.Integer(), nullable=True),
    sa.Column('error_mensaje', sa.Text(), nullable=True),
    sa.Column('recibo', sa.Enum('accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'read', name='recibo', native_enum=False, create_constraint=True, length=16), nullable=True),
    sa.Column('recibo_codigo', sa.Integer(), nullable=True),
    sa.Column('recibido', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmado_por_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('consultas', sa.Integer(), server_default='0', nullable=False),
    sa.Column('proxima_consulta', sa.DateTime(timezone=True), nullable=True),
    sa.Column('creado', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actualizado', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("estado <> 'enviado' OR twilio_sid IS NOT NULL OR confirmado_por_id IS NOT NULL", name=op.f('ck_sms_log_twilio_sid')),
    sa.CheckConstraint("estado NOT IN ('pendiente', 'enviando', 'enviado', 'incierto') OR telefono_e164 IS NOT NULL", name=op.f('ck_sms_log_telefono_e164')),
    sa.ForeignKeyConstraint(['campana_id'], ['campana_sms.id'], name=op.f('fk_sms_log_campana_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['cliente_id'], ['cliente.id'], name=op.f('fk_sms_log_cliente_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['confirmado_por_id'], ['usuario.id'], name=op.f('fk_sms_log_confirmado_por_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sms_log')),
    sa.UniqueConstraint('campana_id', 'telefono_e164', name=op.f('uq_sms_log_campana_id_telefono_e164')),
    sa.UniqueConstraint('intento', name=op.f('uq_sms_log_intento')),
    sa.UniqueConstraint('twilio_sid', name=op.f('uq_sms_log_twilio_sid'))
    )
    with op.batch_alter_table('sms_log', schema=None) as batch_op:
        batch_op.create_index('ix_sms_log_campana_id_estado_id', ['campana_id', 'estado', 'id'], unique=False)
        batch_op.create_index('ix_sms_log_cliente_id_id', ['cliente_id', 'id'], unique=False)
        batch_op.create_index('ix_sms_log_enviando', ['estado', 'id'], unique=False, sqlite_where=sa.text("estado = 'enviando'"), postgresql_where=sa.text("estado = 'enviando'"))
        batch_op.create_index('ix_sms_log_proxima_consulta', ['proxima_consulta'], unique=False, sqlite_where=sa.text('proxima_consulta IS NOT NULL'), postgresql_where=sa.text('proxima_consulta IS NOT NULL'))
        batch_op.create_index('ix_sms_log_telefono_e164_id', ['telefono_e164', 'id'], unique=False)



def downgrade():
    with op.batch_alter_table('sms_log', schema=None) as batch_op:
        batch_op.drop_index('ix_sms_log_telefono_e164_id')
        batch_op.drop_index('ix_sms_log_proxima_consulta', sqlite_where=sa.text('proxima_consulta IS NOT NULL'), postgresql_where=sa.text('proxima_consulta IS NOT NULL'))
        batch_op.drop_index('ix_sms_log_enviando', sqlite_where=sa.text("estado = 'enviando'"), postgresql_where=sa.text("estado = 'enviando'"))
        batch_op.drop_index('ix_sms_log_cliente_id_id')
        batch_op.drop_index('ix_sms_log_campana_id_estado_id')

    op.drop_table('sms_log')
    with op.batch_alter_table('venta', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_venta_usuario_id'))
        batch_op.drop_index('ix_venta_cliente_id_fecha')

    op.drop_table('venta')
    with op.batch_alter_table('campana_sms', schema=None) as batch_op:
        batch_op.drop_index('ix_campana_sms_usuario_id_id')
        batch_op.drop_index(batch_op.f('ix_campana_sms_plantilla_id'))
        batch_op.drop_index('ix_campana_sms_estado_id')

    op.drop_table('campana_sms')
    with op.batch_alter_table('plantilla_sms', schema=None) as batch_op:
        batch_op.drop_index('ix_plantilla_sms_usuario_id_activo_id')

    op.drop_table('plantilla_sms')
    with op.batch_alter_table('cliente', schema=None) as batch_op:
        batch_op.drop_index('ix_cliente_usuario_id_telefono_e164')
        batch_op.drop_index('ix_cliente_usuario_id_activo_id')

    op.drop_table('cliente')
    op.drop_table('baja')
    with op.batch_alter_table('usuario', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_usuario_creado_por_id'))

    op.drop_table('usuario')
    op.drop_table('turno_de_envio')
