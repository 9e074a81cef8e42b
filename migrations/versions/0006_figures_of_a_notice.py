"""figures of a review's notice: they count from its deadline, not from the day they were read

Revision ID: 0006
Revises: 0005
"""
import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('portal_figure', sa.Column('counts_from', sa.Date(), nullable=True))  # None: from the day it was read


def downgrade() -> None:
    op.drop_column('portal_figure', 'counts_from')
