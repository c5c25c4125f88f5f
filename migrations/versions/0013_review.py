"""The weekly review: the numbers of each week and step, and the improvements promised to ourselves."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN, LET_GO, DROPPED = "state = 'open'", "ended = 'let_go'", "dropped_on IS NOT NULL"


def upgrade() -> None:
    """Make the tables and the indexes that counting rides on; the release before takes no notice of them."""
    op.create_table(
        "relay_weeks",
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("onward", sa.Integer(), nullable=False),
        sa.Column("back", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("wait_days", sa.Float(), nullable=True),
        sa.Column("last_event_id", BIG_ID, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("week_on", "step", name=op.f("pk_relay_weeks")),
    )
    op.create_table(
        "improvements",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_improvements_created_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_improvements_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvements")),
        sa.UniqueConstraint("form_id", name=op.f("uq_improvements_form_id")),
    )
    op.create_index("ix_improvements_week_on_id", "improvements", ["week_on", "id"], unique=False)
    for name, table, columns, where in (
        ("ix_improvements_open", "improvements", ["week_on", "id"], OPEN),
        ("ix_holdings_let_go", "holdings", ["until_on", "id"], LET_GO),
        ("ix_hand_offs_dropped", "hand_offs", ["dropped_on", "id"], DROPPED),
    ):
        op.create_index(
            name, table, columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_hand_offs_dropped", table_name="hand_offs")
    op.drop_index("ix_holdings_let_go", table_name="holdings")
    op.drop_table("improvements")
    op.drop_table("relay_weeks")
