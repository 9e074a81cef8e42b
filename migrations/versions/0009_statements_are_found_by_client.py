"""statements are found by client: an index by date alone led SQLite through every client's statements for one page

Revision ID: 0009
Revises: 0008
"""
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_statement_period_end', 'statement')


def downgrade() -> None:
    op.create_index('ix_statement_period_end', 'statement', ['period_end'])
