"""a standing keeps since when nobody read the portal's figure, so that no list has to look for it

Revision ID: 0007
Revises: 0006
"""
import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('standing', sa.Column('figure_read_on', sa.Date(), nullable=True))  # filled by the refresh after an upgrade
    op.create_index('ix_standing_figure_read_on', 'standing', ['figure_read_on'])


def downgrade() -> None:
    op.drop_index('ix_standing_figure_read_on', 'standing')
    op.drop_column('standing', 'figure_read_on')
