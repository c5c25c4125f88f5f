"""Customers whose buying centre has something that stands out."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table. Its follower begins with the first event, and so fills it."""
    op.create_table(
        "stand_outs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_stand_outs_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_outs")),
        sa.UniqueConstraint("customer_id", "kind", name=op.f("uq_stand_outs_customer_id_kind")),
    )
    op.create_index("ix_stand_outs_kind_id", "stand_outs", ["kind", "id"], unique=False)


def downgrade() -> None:
    """Drop it again."""
    op.execute("DELETE FROM event_cursors WHERE name = 'stand_outs'")
    op.drop_table("stand_outs")
