"""Playbooks, their steps and runs, and the firm's holidays. What happened before starts nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("playbooks", "playbook_steps", "playbook_runs", "run_steps")
STANDING, WAITING = sa.text("retired_at IS NULL"), sa.text("state = 'waiting'")


def upgrade() -> None:
    """Make the tables and the column; the release before takes no notice of them."""
    op.create_table(
        "playbooks",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("trigger", sa.String(length=16), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_playbooks_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbooks")),
        sa.UniqueConstraint("form_id", name=op.f("uq_playbooks_form_id")),
    )
    op.create_index(
        "uq_playbooks_standing_folded", "playbooks", ["folded"], unique=True, sqlite_where=STANDING,
        postgresql_where=STANDING,
    )  # fmt: skip
    op.create_table(
        "playbook_steps",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("playbook_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("survey_id", BIG_ID, nullable=True),
        sa.Column("given_to", sa.String(length=10), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["playbook_id"], ["playbooks.id"], name=op.f("fk_playbook_steps_playbook_id_playbooks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_playbook_steps_survey_id_surveys")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_playbook_steps_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_steps")),
    )
    op.create_index(
        "ix_playbook_steps_playbook_id_position", "playbook_steps", ["playbook_id", "position"], unique=False
    )
    op.create_table(
        "playbook_runs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("playbook_id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("cause_id", BIG_ID, nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_playbook_runs_customer_id_customers")),
        sa.ForeignKeyConstraint(["playbook_id"], ["playbooks.id"], name=op.f("fk_playbook_runs_playbook_id_playbooks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_runs")),
        sa.UniqueConstraint("cause_id", "cause", "playbook_id", name="uq_playbook_runs_cause_id_cause_playbook_id"),
    )
    op.create_index("ix_playbook_runs_customer_id_id", "playbook_runs", ["customer_id", "id"], unique=False)
    op.create_table(
        "run_steps",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("run_id", BIG_ID, nullable=False),
        sa.Column("step_id", BIG_ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made", sa.String(length=12), nullable=False),
        sa.Column("made_id", BIG_ID, nullable=True),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["playbook_runs.id"], name=op.f("fk_run_steps_run_id_playbook_runs")),
        sa.ForeignKeyConstraint(["step_id"], ["playbook_steps.id"], name=op.f("fk_run_steps_step_id_playbook_steps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_steps")),
    )
    op.create_index("ix_run_steps_run_id", "run_steps", ["run_id"], unique=False)
    op.create_index(
        "ix_run_steps_waiting", "run_steps", ["due_on", "id"], unique=False, sqlite_where=WAITING,
        postgresql_where=WAITING,
    )  # fmt: skip
    op.add_column("firms", sa.Column("holidays", sa.Text(), server_default="", nullable=False))
    op.execute(
        "INSERT INTO event_cursors (name, last_event_id) "
        "SELECT 'playbooks', newest.id FROM (SELECT MAX(id) AS id FROM events) AS newest WHERE newest.id > 0"
    )


def downgrade() -> None:
    """Drop them again, children first."""
    op.execute("DELETE FROM event_cursors WHERE name = 'playbooks'")
    op.drop_column("firms", "holidays")
    for table in reversed(TABLES):
        op.drop_table(table)
