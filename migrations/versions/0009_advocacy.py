"""Referrals, followed to the first purchase of whom they brought."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_REFERRALS = (
    sa.Column("note", sa.String(length=300), server_default="", nullable=False),
    sa.Column("referred_on", sa.Date(), nullable=True),
    sa.Column("state", sa.String(length=12), server_default="given", nullable=False),
    sa.Column("contacted_on", sa.Date(), nullable=True),
    sa.Column("settled_on", sa.Date(), nullable=True),
    sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
    sa.Column("referred_customer_id", BIG_ID, nullable=True),
    sa.Column("credited_on", sa.Date(), nullable=True),
    sa.Column("thank_id", BIG_ID, nullable=True),
    sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    sa.Column("form_id", sa.String(length=36), nullable=True),
    sa.Column("created_by_id", BIG_ID, nullable=True),
)
POINTS_AT = (("referred_customer_id", "customers"), ("thank_id", "follow_ups"), ("created_by_id", "users"))
WON = "referred_customer_id IS NOT NULL"


def upgrade() -> None:
    """Add what became of each; the release before takes no notice of it."""
    with op.batch_alter_table("referrals") as referrals:
        for column in OF_REFERRALS:
            referrals.add_column(column.copy())
        for name, table in POINTS_AT:
            referrals.create_foreign_key(op.f(f"fk_referrals_{name}_{table}"), table, [name], ["id"])
        referrals.create_unique_constraint(op.f("uq_referrals_form_id"), ["form_id"])
    op.create_index("ix_referrals_state_id", "referrals", ["state", "id"], unique=False)
    op.create_index(
        "ix_referrals_won", "referrals", ["referred_customer_id"], unique=False, sqlite_where=sa.text(WON),
        postgresql_where=sa.text(WON),
    )  # fmt: skip
    _name_the_days()
    op.execute(
        "INSERT INTO event_cursors (name, last_event_id) SELECT 'advocacy.credit', coalesce(max(id), 0) FROM events"
    )


def _name_the_days() -> None:
    """The firm's day on which each was given."""
    connection = op.get_bind()
    zone = ZoneInfo(connection.execute(sa.text("SELECT time_zone FROM firms")).scalar() or "UTC")
    table = sa.table(
        "referrals", sa.column("id"), sa.column("referred_at", sa.DateTime(timezone=True)),
        sa.column("referred_on", sa.Date()),
    )  # fmt: skip
    found = connection.execute(sa.select(table.c.id, table.c.referred_at)).all()
    days = [{"of": id, "day": _aware(at).astimezone(zone).date()} for id, at in found]
    if days:
        change = table.update().where(table.c.id == sa.bindparam("of")).values(referred_on=sa.bindparam("day"))
        connection.execute(change, days)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def downgrade() -> None:
    """Drop it again."""
    op.execute("DELETE FROM event_cursors WHERE name = 'advocacy.credit'")
    op.drop_index("ix_referrals_won", table_name="referrals")
    op.drop_index("ix_referrals_state_id", table_name="referrals")
    with op.batch_alter_table("referrals") as referrals:
        referrals.drop_constraint(op.f("uq_referrals_form_id"), type_="unique")
        for name, table in POINTS_AT:
            referrals.drop_constraint(op.f(f"fk_referrals_{name}_{table}"), type_="foreignkey")
        for column in reversed(OF_REFERRALS):
            referrals.drop_column(column.name)
