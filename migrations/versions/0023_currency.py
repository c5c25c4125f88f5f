"""The currency of the books has a column of its own: what was learned is long, and a list's page reads it no more."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and fill it. The release before leaves it empty, and then the firm's own is shown."""
    op.add_column("books", sa.Column("currency", sa.String(3), nullable=True))
    books = sa.table("books", sa.column("currency", sa.String(3)), sa.column("learned", sa.JSON()))
    op.execute(books.update().values(currency=books.c.learned["currency"].as_string()))


def downgrade() -> None:
    """Drop it again; it can still be read from what was learned."""
    op.drop_column("books", "currency")
