"""lists as quick in a large firm as in a small one: the indexes hold what a list orders by and its chips count

Revision ID: 0013
Revises: 0012
"""
import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_task_state_due_on', 'task')
    op.create_index('ix_task_state_due_on', 'task', ['state', 'due_on', 'waiting_on', 'client_id'])
    op.drop_index('ix_task_owner_id_state', 'task')
    op.create_index('ix_task_owner_id_state', 'task', ['owner_id', 'state', 'due_on', 'waiting_on', 'client_id'])
    op.drop_index('ix_task_state_waiting_on', 'task')
    op.create_index('ix_task_state_waiting_on', 'task', ['state', 'waiting_on', 'waiting_since', 'client_id'])
    unpaid = sa.text('paid_on IS NULL')
    op.create_index('ix_statement_unpaid', 'statement', ['due_on'], sqlite_where=unpaid, postgresql_where=unpaid)
    op.drop_index('ix_client_search_key', 'client')
    if op.get_bind().dialect.name == 'sqlite':
        op.drop_index('ix_client_state_legal_name', 'client')
        op.create_index('ix_client_list', 'client', ['state', 'legal_name', 'id', 'search_key'])
        op.create_index('ix_contact_list', 'contact', ['name', 'id', 'name_key', 'email', 'client_id'])
    contact = sa.table('contact', sa.column('email', sa.String()))
    lowered = sa.func.lower(contact.c.email)  # as every form and import has it; a search need not turn each to compare it
    op.execute(contact.update().where(contact.c.email != lowered).values(email=lowered))


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.drop_index('ix_contact_list', 'contact')
        op.drop_index('ix_client_list', 'client')
        op.create_index('ix_client_state_legal_name', 'client', ['state', 'legal_name'])
    op.create_index('ix_client_search_key', 'client', ['search_key'])
    op.drop_index('ix_statement_unpaid', 'statement')
    op.drop_index('ix_task_state_waiting_on', 'task')
    op.create_index('ix_task_state_waiting_on', 'task', ['state', 'waiting_on', 'waiting_since'])
    op.drop_index('ix_task_owner_id_state', 'task')
    op.create_index('ix_task_owner_id_state', 'task', ['owner_id', 'state'])
    op.drop_index('ix_task_state_due_on', 'task')
    op.create_index('ix_task_state_due_on', 'task', ['state', 'due_on'])
