"""what was issued and sent to CBSA on paper is pending: since when, and until when CBSA usually takes

Revision ID: 0012
Revises: 0011
"""
from uuid import UUID

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('instrument', sa.Column('sent_on', sa.Date(), nullable=True))  # in place: shares point at these rows
    op.add_column('instrument', sa.Column('answer_by_on', sa.Date(), nullable=True))
    _count_from_the_start_what_was_entered_late()


def _count_from_the_start_what_was_entered_late() -> None:
    """One recorded as posted already, and never moved since, began on its first valid day, not on the day it was typed."""
    instrument = sa.table('instrument', sa.column('id', sa.Uuid()), sa.column('valid_from', sa.Date()), sa.column('posted_on', sa.Date()))
    event = sa.table('audit_event', sa.column('event', sa.String()), sa.column('subject_id', sa.String()))
    bind = op.get_bind()
    moved = {UUID(key) for key in bind.scalars(sa.select(event.c.subject_id).where(event.c.event == 'instrument:moved'))}
    late = sa.select(instrument.c.id, instrument.c.valid_from).where(instrument.c.valid_from < instrument.c.posted_on)
    for key, valid_from in bind.execute(late).all():
        if key not in moved:
            bind.execute(instrument.update().where(instrument.c.id == key).values(posted_on=valid_from))


def downgrade() -> None:
    op.drop_column('instrument', 'answer_by_on')
    op.drop_column('instrument', 'sent_on')
