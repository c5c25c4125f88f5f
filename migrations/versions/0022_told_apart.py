"""Two people at a customer who look like one, and are not: each says from whom it was told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column. The release before leaves it empty, which says nothing."""
    op.add_column("contacts", sa.Column("told_apart", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it again. Whom somebody has told apart is offered again."""
    op.drop_column("contacts", "told_apart")
