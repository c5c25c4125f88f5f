"""The buying centre: the part each contact takes, where our firm stands, and who means to see whom how often."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RISING = "due_on IS NOT NULL AND planned_on IS NULL"
COLUMNS = (
    ("contacts", sa.Column("roles", sa.String(length=80), server_default="", nullable=False)),
    ("contacts", sa.Column("level", sa.String(length=12), server_default="", nullable=False)),
    ("contacts", sa.Column("stance", sa.String(length=12), server_default="", nullable=False)),
    ("contacts", sa.Column("stance_at", sa.DateTime(timezone=True), nullable=True)),
    ("contacts", sa.Column("left_on", sa.Date(), nullable=True)),
    ("customers", sa.Column("position", sa.String(length=20), server_default="", nullable=False)),
    ("customers", sa.Column("share_percent", sa.Integer(), nullable=True)),
    ("users", sa.Column("level", sa.String(length=12), server_default="", nullable=False)),
)


def upgrade() -> None:
    """Make the tables and columns; the release before takes no notice of them."""
    op.create_table(
        "positions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("position", sa.String(length=20), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("said_by_id", BIG_ID, nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_positions_customer_id_customers")),
        sa.ForeignKeyConstraint(["said_by_id"], ["users.id"], name=op.f("fk_positions_said_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
        sa.UniqueConstraint("form_id", name=op.f("uq_positions_form_id")),
    )
    op.create_index("ix_positions_customer_id_since_on_id", "positions", ["customer_id", "since_on", "id"])
    op.create_table(
        "relations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("last_touch_on", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_relations_contact_id_contacts")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_relations_created_by_id_users")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_relations_customer_id_customers")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_relations_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
        sa.UniqueConstraint("contact_id", "user_id", name=op.f("uq_relations_contact_id_user_id")),
    )
    op.create_index("ix_relations_customer_id", "relations", ["customer_id"])
    for name, columns in (
        ("ix_relations_due", ["due_on", "id"]),
        ("ix_relations_due_user", ["user_id", "due_on", "id"]),
    ):
        op.create_index(
            name, "relations", columns, sqlite_where=sa.text(RISING), postgresql_where=sa.text(RISING)
        )  # fmt: skip
    for table, column in COLUMNS:
        op.add_column(table, column)


def downgrade() -> None:
    """Drop them again, children first."""
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
    for table in ("relations", "positions"):
        op.drop_table(table)
