"""the daily record keeps its moment, so that what happened earlier that day is no step since

Revision ID: 0011
Revises: 0010
"""
import sqlalchemy as sa
from alembic import op
import tracker.platform.db


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty for the records there are: they count from the beginning of their day.
    op.add_column('snapshot', sa.Column('taken_at', tracker.platform.db.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column('snapshot', 'taken_at')
