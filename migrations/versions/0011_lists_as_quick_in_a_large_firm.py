"""lists as quick in a large firm as in a small one: the indexes hold what a list orders by and its chips count

Revision ID: 0011
Revises: 0009
"""
from alembic import op


revision = '0011'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_task_state_due_on', 'task')
    op.create_index('ix_task_state_due_on', 'task', ['state', 'due_on', 'waiting_on', 'client_id'])
    op.drop_index('ix_task_owner_id_state', 'task')
    op.create_index('ix_task_owner_id_state', 'task', ['owner_id', 'state', 'due_on', 'waiting_on', 'client_id'])


def downgrade() -> None:
    op.drop_index('ix_task_owner_id_state', 'task')
    op.create_index('ix_task_owner_id_state', 'task', ['owner_id', 'state'])
    op.drop_index('ix_task_state_due_on', 'task')
    op.create_index('ix_task_state_due_on', 'task', ['state', 'due_on'])
