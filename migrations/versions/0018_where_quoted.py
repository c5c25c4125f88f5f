"""Where a comment may be quoted, as its client ticked it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; the release before takes no notice of it. Who was not asked where, has said nothing of it."""
    op.add_column(
        "survey_responses", sa.Column("quote_places", sa.String(length=40), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("survey_responses", "quote_places")
