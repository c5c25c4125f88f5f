"""Merging: pairs of customers who may be one, what they were known by before, and signposts to who is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN, MERGED = "dismissed_at IS NULL", "merged_into_id IS NOT NULL"
SIGNPOST = "fk_customers_merged_into_id_customers"


def upgrade() -> None:
    """Make the tables and the column; the release before takes no notice of them."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # SQLite takes a reference only together with its column.
    column = f"merged_into_id {kind} CONSTRAINT {SIGNPOST} REFERENCES customers (id)"
    op.execute(f"ALTER TABLE customers ADD COLUMN {column}")
    op.create_index(
        "ix_customers_merged", "customers", ["merged_into_id"], unique=False, sqlite_where=sa.text(MERGED),
        postgresql_where=sa.text(MERGED),
    )  # fmt: skip
    op.create_table(
        "customer_aliases",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_aliases_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_aliases")),
        sa.UniqueConstraint("customer_id", "kind", "value", name=op.f("uq_customer_aliases_customer_id_kind_value")),
    )
    op.create_index("ix_customer_aliases_kind_value", "customer_aliases", ["kind", "value"], unique=False)
    op.create_table(
        "duplicates",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("other_id", BIG_ID, nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_duplicates_customer_id_customers")),
        sa.ForeignKeyConstraint(["other_id"], ["customers.id"], name=op.f("fk_duplicates_other_id_customers")),
        sa.ForeignKeyConstraint(["dismissed_by_id"], ["users.id"], name=op.f("fk_duplicates_dismissed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicates")),
        sa.UniqueConstraint("customer_id", "other_id", name=op.f("uq_duplicates_customer_id_other_id")),
    )
    op.create_index("ix_duplicates_other_id", "duplicates", ["other_id"], unique=False)
    op.create_index(
        "ix_duplicates_open", "duplicates", ["id"], unique=False, sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )  # fmt: skip


def downgrade() -> None:
    """Drop them again. Signposts become archived customers."""
    op.drop_table("duplicates")
    op.drop_table("customer_aliases")
    op.drop_index("ix_customers_merged", table_name="customers")
    op.drop_column("customers", "merged_into_id")
