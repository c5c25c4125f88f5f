"""From a cell of the measures to its customers: the indexes that these lists ride on."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIRST, RFM = "ix_customers_live_first_purchase", "ix_standings_rfm"


def upgrade() -> None:
    """Make them; the release before takes no notice of them."""
    live = sa.text("archived_at IS NULL")
    op.create_index(
        FIRST, "customers", ["first_purchase_on", "id"], unique=False, sqlite_where=live, postgresql_where=live
    )
    op.create_index(RFM, "standings", ["recency", "frequency", "customer_id"], unique=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_index(RFM, table_name="standings")
    op.drop_index(FIRST, table_name="customers")
