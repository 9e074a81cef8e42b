"""what was issued and sent to CBSA on paper is pending: since when, and until when CBSA usually takes

Revision ID: 0012
Revises: 0011
"""
import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('instrument', sa.Column('sent_on', sa.Date(), nullable=True))  # in place: shares point at these rows
    op.add_column('instrument', sa.Column('answer_by_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('instrument', 'answer_by_on')
    op.drop_column('instrument', 'sent_on')
