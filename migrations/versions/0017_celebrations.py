"""The wall of celebrations."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table; what has happened so far is not celebrated."""
    op.create_table(
        "celebrations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=True),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("follow_up_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_celebrations_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_celebrations_follow_up_id_follow_ups")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_celebrations_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_celebrations")),
        sa.UniqueConstraint("cause", name=op.f("uq_celebrations_cause")),
    )
    op.create_index("ix_celebrations_happened_on_id", "celebrations", ["happened_on", "id"], unique=False)
    op.execute(
        "INSERT INTO event_cursors (name, last_event_id) SELECT 'celebrations', coalesce(max(id), 0) FROM events"
    )


def downgrade() -> None:
    """Drop it again."""
    op.execute("DELETE FROM event_cursors WHERE name = 'celebrations'")
    op.drop_table("celebrations")
