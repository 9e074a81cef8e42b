"""contacts found however typed: the name as it is compared, kept beside it

Revision ID: 0004
Revises: 0003
"""
import sqlalchemy as sa
from alembic import op

from tracker.clients.rules import squeeze


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name_key', sa.String(), nullable=True))
    contact = sa.table('contact', sa.column('id', sa.Uuid()), sa.column('name', sa.String()), sa.column('name_key', sa.String()))
    connection = op.get_bind()
    keys = [{"key": row.id, "squeezed": squeeze(row.name)} for row in connection.execute(sa.select(contact.c.id, contact.c.name))]
    if keys:
        filled = contact.update().where(contact.c.id == sa.bindparam("key")).values(name_key=sa.bindparam("squeezed"))
        connection.execute(filled, keys)
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.alter_column('name_key', existing_type=sa.String(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_column('name_key')
