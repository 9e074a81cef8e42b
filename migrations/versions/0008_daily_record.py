"""the daily record of where each client stands

Revision ID: 0008
Revises: 0007
"""
import sqlalchemy as sa
from alembic import op
import tracker.platform.db


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('snapshot',
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('gates', sa.String(), nullable=False),
    sa.Column('may_release', sa.Boolean(), nullable=False),
    sa.Column('accounts_short', sa.Integer(), nullable=False),
    sa.Column('required_amount', tracker.platform.db.CadAmount(), nullable=False),
    sa.Column('posted_amount', tracker.platform.db.CadAmount(), nullable=False),
    sa.Column('shortfall_amount', tracker.platform.db.CadAmount(), nullable=False),
    sa.Column('cover_percent', sa.Integer(), nullable=True),
    sa.Column('ending_30', sa.Integer(), nullable=False),
    sa.Column('ending_60', sa.Integer(), nullable=False),
    sa.Column('ending_90', sa.Integer(), nullable=False),
    sa.Column('open_documents', sa.Integer(), nullable=False),
    sa.Column('late_documents', sa.Integer(), nullable=False),
    sa.Column('accepted_documents', sa.Integer(), nullable=False),
    sa.Column('required_documents', sa.Integer(), nullable=False),
    sa.Column('open_tasks', sa.Integer(), nullable=False),
    sa.Column('late_tasks', sa.Integer(), nullable=False),
    sa.Column('template', sa.String(), nullable=True),
    sa.Column('stage', sa.Integer(), nullable=True),
    sa.Column('waiting_on', sa.String(), nullable=True),
    sa.Column('waiting_since', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_snapshot_client_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot')),
    sa.UniqueConstraint('client_id', 'id', name=op.f('uq_snapshot_client_id_id')),
    sa.UniqueConstraint('client_id', 'taken_on', name=op.f('uq_snapshot_client_id_taken_on'))
    )
    with op.batch_alter_table('snapshot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_snapshot_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_snapshot_taken_on', ['taken_on'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('snapshot', schema=None) as batch_op:
        batch_op.drop_index('ix_snapshot_taken_on')
        batch_op.drop_index(batch_op.f('ix_snapshot_client_id'))

    op.drop_table('snapshot')
