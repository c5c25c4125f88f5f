"""Retention: the books of a day, each customer's standing in them, the lists, and trials of what calls change."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "economics",
    "books",
    "list_batches",
    "saved_lists",
    "trials",
    "list_entries",
    "standings",
    "trial_members",
)
OF_FIRM = ("books_on", "silent_after_days")


def upgrade() -> None:
    """Make the tables; the release before takes no notice of them."""
    op.create_table(
        "economics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("winning_minor", sa.BigInteger(), nullable=True),
        sa.Column("keeping_minor", sa.BigInteger(), nullable=True),
        sa.Column("margin_percent", sa.Integer(), nullable=True),
        sa.Column("new_offer_percent", sa.Integer(), nullable=True),
        sa.Column("loyal_offer_percent", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_economics")),
    )
    op.create_table(
        "books",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("last_event_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("learned", sa.JSON(), nullable=False),
        sa.Column("lists", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_books_asked_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books")),
    )
    op.create_index("ix_books_state_id", "books", ["state", "id"], unique=False)
    op.create_table(
        "list_batches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("to_id", BIG_ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("last_customer_id", sa.BigInteger(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_list_batches_created_by_id_users")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_list_batches_to_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_batches")),
        sa.UniqueConstraint("form_id", name=op.f("uq_list_batches_form_id")),
    )
    op.create_index("ix_list_batches_state", "list_batches", ["state"], unique=False)
    op.create_table(
        "saved_lists",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_saved_lists_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_lists")),
        sa.UniqueConstraint("folded", name=op.f("uq_saved_lists_folded")),
        sa.UniqueConstraint("form_id", name=op.f("uq_saved_lists_form_id")),
    )
    op.create_table(
        "trials",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("worked", sa.Integer(), nullable=False),
        sa.Column("untouched", sa.Integer(), nullable=False),
        sa.Column("worked_bought", sa.Integer(), nullable=True),
        sa.Column("untouched_bought", sa.Integer(), nullable=True),
        sa.Column("untouched_called", sa.Integer(), nullable=True),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_trials_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sa.UniqueConstraint("form_id", name=op.f("uq_trials_form_id")),
    )
    op.create_index("ix_trials_state_ends_on", "trials", ["state", "ends_on"], unique=False)
    op.create_index(
        "uq_trials_running",
        "trials",
        ["list"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "list_entries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("assignee_id", BIG_ID, nullable=True),
        sa.Column("urgency", sa.Double(), nullable=False),
        sa.Column("at_stake_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("on_today", sa.Boolean(), nullable=False),
        sa.Column("untouched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entries")),
    )
    op.create_index("ix_list_entries_assignee", "list_entries", ["assignee_id", "list", "urgency", "id"], unique=False)
    op.create_index(
        "ix_list_entries_today",
        "list_entries",
        ["list", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("on_today AND NOT untouched"),
        postgresql_where=sa.text("on_today AND NOT untouched"),
    )
    op.create_index(
        "ix_list_entries_today_assignee",
        "list_entries",
        ["assignee_id", "list", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("on_today AND NOT untouched"),
        postgresql_where=sa.text("on_today AND NOT untouched"),
    )
    op.create_index("ix_list_entries_urgency", "list_entries", ["list", "urgency", "id"], unique=False)
    op.create_index("uq_list_entries_customer_id_list", "list_entries", ["customer_id", "list"], unique=True)
    op.create_table(
        "standings",
        sa.Column("customer_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("purchase_days", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("median_gap_days", sa.Double(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("p_alive", sa.Double(), nullable=True),
        sa.Column("chance", sa.Double(), nullable=True),
        sa.Column("expected_purchases", sa.Double(), nullable=True),
        sa.Column("year_minor", sa.BigInteger(), nullable=False),
        sa.Column("usual_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("recency", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.Integer(), nullable=False),
        sa.Column("monetary", sa.Integer(), nullable=False),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_standings")),
    )
    op.create_table(
        "trial_members",
        sa.Column("trial_id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("untouched", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_trial_members_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trials.id"], name=op.f("fk_trial_members_trial_id_trials"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trial_id", "customer_id", name=op.f("pk_trial_members")),
    )
    op.create_index("ix_trial_members_customer_id", "trial_members", ["customer_id"], unique=False)
    op.add_column("firms", sa.Column("books_on", sa.Date(), nullable=True))
    op.add_column("firms", sa.Column("silent_after_days", sa.Integer(), nullable=False, server_default="60"))


def downgrade() -> None:
    """Drop them again, children first."""
    for column in OF_FIRM:
        op.drop_column("firms", column)
    for table in reversed(TABLES):
        op.drop_table(table)
