"""The morning digest: whose morning has been looked at, who wants none, and when the firm's morning is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the columns; the release before takes no notice of them."""
    op.create_table(
        "digests",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outbox_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_digests_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("user_id", "written_on", name=op.f("uq_digests_user_id_written_on")),
    )
    op.create_index("ix_digests_written_on", "digests", ["written_on"], unique=False)
    op.add_column("users", sa.Column("digest", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("firms", sa.Column("digest_hour", sa.Integer(), server_default="7", nullable=False))
    op.add_column("firms", sa.Column("digest_days", sa.Integer(), server_default="5", nullable=False))


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("firms", "digest_days")
    op.drop_column("firms", "digest_hour")
    op.drop_column("users", "digest")
    op.drop_table("digests")
