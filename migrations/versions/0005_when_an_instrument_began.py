"""when an instrument began to count: cover of past days survives its end

Revision ID: 0005
Revises: 0004
"""
import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

COVERING = ('POSTED', 'SEEN_IN_PORTAL', 'ENDING')


def upgrade() -> None:
    op.add_column('instrument', sa.Column('posted_on', sa.Date(), nullable=True))  # in place: shares point at these rows
    instrument = sa.table('instrument', sa.column('state', sa.String()), sa.column('valid_from', sa.Date()), sa.column('state_since', sa.Date()), sa.column('posted_on', sa.Date()))
    began = sa.func.coalesce(instrument.c.valid_from, instrument.c.state_since)
    op.get_bind().execute(instrument.update().where(sa.func.upper(instrument.c.state).in_(COVERING)).values(posted_on=began))


def downgrade() -> None:
    op.drop_column('instrument', 'posted_on')
