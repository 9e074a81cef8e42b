"""what CBSA's portal shows as posted, and what an instrument's document says, to be held against the register

Revision ID: 0015
Revises: 0014
"""
import sqlalchemy as sa
from alembic import op
import tracker.platform.db


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('portal_figure', sa.Column('posted_amount', tracker.platform.db.CadAmount(), nullable=True))
    op.add_column('told_figure', sa.Column('posted_amount', tracker.platform.db.CadAmount(), nullable=True))
    op.create_table('instrument_reading',
    sa.Column('instrument_id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('amount', tracker.platform.db.CadAmount(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('business_number', sa.String(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('read_on', sa.Date(), nullable=False),
    sa.Column('read_by', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['client_id', 'file_id'], ['document_version.client_id', 'document_version.id'], name='fk_instrument_reading_file_id', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['client_id', 'instrument_id'], ['instrument.client_id', 'instrument.id'], name='fk_instrument_reading_instrument_id', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_instrument_reading_client_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instrument_reading')),
    sa.UniqueConstraint('client_id', 'id', name=op.f('uq_instrument_reading_client_id_id')),
    sa.UniqueConstraint('instrument_id', name=op.f('uq_instrument_reading_instrument_id'))
    )
    with op.batch_alter_table('instrument_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_instrument_reading_client_id'), ['client_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('instrument_reading', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_instrument_reading_client_id'))

    op.drop_table('instrument_reading')
    op.drop_column('told_figure', 'posted_amount')
    op.drop_column('portal_figure', 'posted_amount')
