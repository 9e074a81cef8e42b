"""the daily record keeps its moment, so that what happened earlier that day is no step since

Revision ID: 0010
Revises: 0009
"""
import sqlalchemy as sa
from alembic import op
import tracker.platform.db


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty for the records there are: they count from the beginning of their day.
    op.add_column('snapshot', sa.Column('taken_at', tracker.platform.db.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column('snapshot', 'taken_at')
