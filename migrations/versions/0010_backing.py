"""Requests for support, from one leg of the relay to another; and whom a seller handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING, SETTLED, HANDED_OFF = "settled_on IS NULL", "settled_on IS NOT NULL", "ended = 'handed_off'"
INDEXES = (
    ("ix_support_requests_waiting_due", ["due_on", "id"], WAITING),
    ("ix_support_requests_waiting_assignee", ["assignee_id", "due_on", "id"], WAITING),
    ("ix_support_requests_waiting_leg", ["to_leg", "due_on", "id"], WAITING),
    ("ix_support_requests_waiting_by", ["created_by_id", "due_on", "id"], WAITING),
    ("ix_support_requests_settled", ["settled_on", "id"], SETTLED),
    ("ix_support_requests_settled_leg", ["to_leg", "settled_on", "id"], SETTLED),
    ("ix_support_requests_settled_by", ["created_by_id", "settled_on", "id"], SETTLED),
)


def upgrade() -> None:
    """Make the table; the release before takes no notice of it."""
    op.create_table(
        "support_requests",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("from_leg", sa.String(length=12), nullable=False),
        sa.Column("to_leg", sa.String(length=12), nullable=False),
        sa.Column("assignee_id", BIG_ID, nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_support_requests_assignee_id_users")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_support_requests_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_support_requests_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_requests")),
        sa.UniqueConstraint("form_id", name=op.f("uq_support_requests_form_id")),
    )
    for name, columns, where in INDEXES:
        op.create_index(
            name,
            "support_requests",
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index("ix_support_requests_customer_id_id", "support_requests", ["customer_id", "id"], unique=False)
    op.create_index(
        "ix_holdings_handed_off",
        "holdings",
        ["user_id", "until_on", "id"],
        unique=False,
        sqlite_where=sa.text(HANDED_OFF),
        postgresql_where=sa.text(HANDED_OFF),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_holdings_handed_off", table_name="holdings")
    op.drop_table("support_requests")
