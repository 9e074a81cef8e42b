"""tokens with which other programs read as a person: only the hash is kept

Revision ID: 0014
Revises: 0013
"""
import sqlalchemy as sa
from alembic import op
import tracker.platform.db


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_token',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('prefix', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.String(), nullable=False),
    sa.Column('made_at', tracker.platform.db.Instant(), nullable=False),
    sa.Column('expires_at', tracker.platform.db.Instant(), nullable=False),
    sa.Column('revoked_at', tracker.platform.db.Instant(), nullable=True),
    sa.Column('last_used_on', sa.Date(), nullable=True),
    sa.Column('window_began_at', tracker.platform.db.Instant(), nullable=True),
    sa.Column('window_requests', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_api_token_user_id'), ondelete='CASCADE', initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_api_token_secret_hash'))
    )
    op.create_index(op.f('ix_api_token_user_id'), 'api_token', ['user_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_api_token_user_id'), 'api_token')
    op.drop_table('api_token')
