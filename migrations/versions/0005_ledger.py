"""The two-sided ledger: links for contacts, what they say about promises, and the last of it beside each promise."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("ledger_links", "ledger_statements")
UNHEARD, SPOKEN, LIVING = "unheard", "client_said_on IS NOT NULL", "ended_at IS NULL"
OF_COMMITMENTS = (
    sa.Column("client_says", sa.String(length=8), server_default="", nullable=False),
    sa.Column("client_said_on", sa.Date(), nullable=True),
    sa.Column("client_words", sa.String(length=300), server_default="", nullable=False),
    sa.Column("our_answer", sa.String(length=300), server_default="", nullable=False),
    sa.Column("unheard", sa.Boolean(), server_default=sa.false(), nullable=False),
)
INDEXES = (
    ("ix_commitments_unheard_due", ["due_on", "id"], UNHEARD),
    ("ix_commitments_unheard_assignee", ["assignee_id", "due_on", "id"], UNHEARD),
    ("ix_commitments_spoken", ["client_said_on", "id"], SPOKEN),
    ("ix_commitments_spoken_assignee", ["assignee_id", "client_said_on", "id"], SPOKEN),
)


def upgrade() -> None:
    """Make the tables and columns; the release before takes no notice of them."""
    op.create_table(
        "ledger_links",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=False),
        sa.Column("seed", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_ledger_links_contact_id_contacts")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_ledger_links_created_by_id_users")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_ledger_links_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ledger_links_token_hash")),
    )
    op.create_index("ix_ledger_links_customer_id", "ledger_links", ["customer_id"], unique=False)
    op.create_index(
        "uq_ledger_links_living",
        "ledger_links",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text(LIVING),
        postgresql_where=sa.text(LIVING),
    )
    op.create_table(
        "ledger_statements",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("commitment_id", BIG_ID, nullable=False),
        sa.Column("link_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=False),
        sa.Column("word", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_ledger_statements_commitment_id_commitments")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_ledger_statements_contact_id_contacts")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["ledger_links.id"], name=op.f("fk_ledger_statements_link_id_ledger_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_statements")),
        sa.UniqueConstraint("commitment_id", "nonce", name=op.f("uq_ledger_statements_commitment_id_nonce")),
    )
    op.create_index("ix_ledger_statements_contact_id_id", "ledger_statements", ["contact_id", "id"], unique=False)
    for column in OF_COMMITMENTS:
        op.add_column("commitments", column)
    for name, columns, where in INDEXES:
        op.create_index(
            name, "commitments", columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    op.add_column("firms", sa.Column("ledger_days", sa.Integer(), server_default="90", nullable=False))


def downgrade() -> None:
    """Drop them again, children first."""
    op.drop_column("firms", "ledger_days")
    for name, _, _ in reversed(INDEXES):
        op.drop_index(name, table_name="commitments")
    for column in reversed(OF_COMMITMENTS):
        op.drop_column("commitments", column.name)
    for table in reversed(TABLES):
        op.drop_table(table)
