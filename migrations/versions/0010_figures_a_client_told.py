"""figures a client told wait for the firm's check, in a table of their own; of two figures of one day the last noted prevails

Revision ID: 0010
Revises: 0009
"""
from datetime import datetime, time
from uuid import UUID

import sqlalchemy as sa
from alembic import op
import tracker.platform.db


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('told_figure',
    sa.Column('program_account_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=True),
    sa.Column('amount', tracker.platform.db.CadAmount(), nullable=False),
    sa.Column('read_on', sa.Date(), nullable=False),
    sa.Column('told_by', sa.String(), nullable=False),
    sa.Column('sent_at', tracker.platform.db.Instant(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['client_id', 'program_account_id'], ['program_account.client_id', 'program_account.id'], name='fk_told_figure_program_account_id', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['client_id', 'task_id'], ['task.client_id', 'task.id'], name='fk_told_figure_task_id', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_told_figure_client_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_told_figure')),
    sa.UniqueConstraint('client_id', 'id', name=op.f('uq_told_figure_client_id_id'))
    )
    with op.batch_alter_table('told_figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_told_figure_client_id'), ['client_id'], unique=False)
        batch_op.create_index('uq_told_figure_waiting', ['program_account_id'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.add_column('task', sa.Column('returned_reason', sa.String(), nullable=True))

    op.add_column('portal_figure', sa.Column('noted_at', tracker.platform.db.Instant(), nullable=True))
    _say_when_each_was_noted()
    with op.batch_alter_table('portal_figure', schema=None) as batch_op:
        batch_op.alter_column('noted_at', existing_type=tracker.platform.db.Instant(), nullable=False)


def _say_when_each_was_noted() -> None:
    """The trail knows the moment; a figure without an event there takes the start of the day it was read on."""
    figure = sa.table('portal_figure', sa.column('id', sa.Uuid()), sa.column('read_on', sa.Date()), sa.column('noted_at', sa.DateTime()))
    event = sa.table('audit_event', sa.column('at', sa.DateTime()), sa.column('subject_type', sa.String()), sa.column('subject_id', sa.String()))
    bind = op.get_bind()
    noted = {UUID(subject): at for subject, at in bind.execute(sa.select(event.c.subject_id, sa.func.min(event.c.at)).where(event.c.subject_type == 'portal_figure').group_by(event.c.subject_id)) if at is not None}
    for figure_id, read_on in bind.execute(sa.select(figure.c.id, figure.c.read_on)).all():
        at = noted.get(figure_id) or datetime.combine(read_on, time())
        bind.execute(figure.update().where(figure.c.id == figure_id).values(noted_at=at))


def downgrade() -> None:
    op.drop_column('portal_figure', 'noted_at')
    op.drop_column('task', 'returned_reason')
    with op.batch_alter_table('told_figure', schema=None) as batch_op:
        batch_op.drop_index('uq_told_figure_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_told_figure_client_id'))

    op.drop_table('told_figure')
