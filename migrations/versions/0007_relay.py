"""The relay: the leg and the phase of each customer, who held them, hand-offs, and what the board counts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PHASE = (
    "CASE WHEN status = 'client' THEN 'retention' WHEN status = 'buyer' THEN 'loyalty'"
    " WHEN leg IN ('sales', 'service') THEN 'activation' ELSE 'acquisition' END"
)
PHASE_SINCE = (
    "CASE WHEN status = 'client' THEN coalesce(second_purchase_on, first_purchase_on)"
    " WHEN status = 'buyer' THEN first_purchase_on ELSE coalesce(leg_since, {day}) END"
)
LIVE, HELD, OFFERED = "archived_at IS NULL", "until_on IS NULL", "state = 'offered'"
TO_LEG = "state = 'offered' AND to_user_id IS NULL"
LYING = "dropped_on IS NOT NULL AND picked_up_on IS NULL"
OF_FIRM = (
    sa.Column("hand_off_days", sa.Integer(), server_default="2", nullable=False),
    sa.Column("goal", sa.String(length=120), server_default="", nullable=False),
    sa.Column("goal_clients", sa.Integer(), server_default="0", nullable=False),
    sa.Column("goal_period", sa.String(length=8), server_default="quarter", nullable=False),
)
OF_CUSTOMER = (
    sa.Column("second_purchase_on", sa.Date(), nullable=True),
    sa.Column("leg", sa.String(length=12), nullable=True),
    sa.Column("leg_since", sa.Date(), nullable=True),
)
INDEXES = (
    ("uq_holdings_held", "holdings", ["customer_id"], HELD),
    ("ix_holdings_customer_id_id", "holdings", ["customer_id", "id"], None),
    ("ix_holdings_user_id_id", "holdings", ["user_id", "id"], None),
    ("ix_holdings_from_on_id", "holdings", ["from_on", "id"], None),
    ("uq_hand_offs_offered", "hand_offs", ["customer_id"], OFFERED),
    ("ix_hand_offs_customer_id_id", "hand_offs", ["customer_id", "id"], None),
    ("ix_hand_offs_offered_due", "hand_offs", ["due_on", "id"], OFFERED),
    ("ix_hand_offs_offered_user", "hand_offs", ["to_user_id", "due_on", "id"], OFFERED),
    ("ix_hand_offs_offered_leg", "hand_offs", ["to_leg", "due_on", "id"], TO_LEG),
    ("ix_hand_offs_lying", "hand_offs", ["dropped_on", "id"], LYING),
    ("ix_hand_offs_offered_by_id_id", "hand_offs", ["offered_by_id", "id"], None),
    ("ix_hand_offs_offered_on_id", "hand_offs", ["offered_on", "id"], None),
)
SECOND = (
    "UPDATE customers SET second_purchase_on = (SELECT min(purchased_on) FROM purchases"
    " WHERE customer_id = customers.id AND voided_at IS NULL AND purchased_on > customers.first_purchase_on)"
    " WHERE status = 'client'"
)
LEG = (
    "UPDATE customers SET leg_since = {day}, leg = (SELECT CASE role WHEN 'marketing' THEN 'marketing'"
    " WHEN 'support' THEN 'service' ELSE 'sales' END FROM users WHERE users.id = customers.assignee_id)"
)
HOLD = (
    "INSERT INTO holdings (customer_id, leg, user_id, from_on, ended)"
    " SELECT id, leg, assignee_id, leg_since, '' FROM customers WHERE assignee_id IS NOT NULL ORDER BY id"
)
FOLLOW = (
    "INSERT INTO event_cursors (name, last_event_id) SELECT 'relay.first_purchase', coalesce(max(id), 0) FROM events"
)


def upgrade() -> None:
    """Make it, and begin with who is answerable today: held since the customer came, and for the runner's leg."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for column in OF_FIRM:
        op.add_column("firms", column)
    for column in OF_CUSTOMER:
        op.add_column("customers", column)
    _make_tables()
    day = "substr(created_at, 1, 10)" if on_sqlite else "CAST(created_at AT TIME ZONE 'UTC' AS date)"
    for statement in (SECOND, LEG.format(day=day), HOLD):
        op.execute(statement)
    for name, type_, words in (
        ("phase", sa.String(length=12), PHASE),
        ("phase_since", sa.Date(), PHASE_SINCE.format(day=day)),
    ):
        op.add_column("customers", sa.Column(name, type_, sa.Computed(words, persisted=not on_sqlite)))
    op.execute(FOLLOW)
    _index("ix_customers_live_phase", "customers", ["phase", "phase_since", "id"], LIVE)
    for index in INDEXES:
        _index(*index)


def _make_tables() -> None:
    op.create_table(
        "hand_offs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("from_leg", sa.String(length=12), nullable=True),
        sa.Column("from_user_id", BIG_ID, nullable=True),
        sa.Column("to_leg", sa.String(length=12), nullable=False),
        sa.Column("to_user_id", BIG_ID, nullable=True),
        sa.Column("note", sa.String(length=600), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("offered_by_id", BIG_ID, nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by_id", BIG_ID, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("picked_up_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_hand_offs_answered_by_id_users")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_hand_offs_customer_id_customers")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_hand_offs_from_user_id_users")),
        sa.ForeignKeyConstraint(["offered_by_id"], ["users.id"], name=op.f("fk_hand_offs_offered_by_id_users")),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_hand_offs_to_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_offs")),
        sa.UniqueConstraint("cause", name=op.f("uq_hand_offs_cause")),
        sa.UniqueConstraint("form_id", name=op.f("uq_hand_offs_form_id")),
    )
    op.create_table(
        "holdings",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("leg", sa.String(length=12), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("ended", sa.String(length=12), nullable=False),
        sa.Column("came_from", sa.String(length=12), nullable=True),
        sa.Column("waited_since", sa.Date(), nullable=True),
        sa.Column("hand_off_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_holdings_customer_id_customers")),
        sa.ForeignKeyConstraint(["hand_off_id"], ["hand_offs.id"], name=op.f("fk_holdings_hand_off_id_hand_offs")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_holdings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
    )
    op.create_table(
        "relay_boards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_event_id", sa.BigInteger(), nullable=False),
        sa.Column("phases", sa.JSON(), nullable=False),
        sa.Column("goal", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_boards")),
    )


def _index(name: str, table: str, columns: list[str], where: str | None) -> None:
    partly = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    op.create_index(name, table, columns, unique=name.startswith("uq_"), **partly)


def downgrade() -> None:
    """Drop it again, what stands on the rest first."""
    op.execute("DELETE FROM event_cursors WHERE name = 'relay.first_purchase'")
    op.drop_index("ix_customers_live_phase", table_name="customers")
    for name in ("phase_since", "phase", "leg_since", "leg", "second_purchase_on"):
        op.drop_column("customers", name)
    for table in ("relay_boards", "holdings", "hand_offs"):
        op.drop_table(table)
    for column in reversed(OF_FIRM):
        op.drop_column("firms", column.name)
