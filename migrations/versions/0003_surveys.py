"""Surveys: what is asked, who is asked, what comes back and what it sets in motion."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "surveys",
    "survey_batches",
    "survey_questions",
    "survey_tallies",
    "opt_outs",
    "survey_invitations",
    "survey_responses",
    "referrals",
)
OF_FIRM = (
    "ask_at_most",
    "ask_within_days",
    "remind_after_days",
    "answer_within_days",
    "recover_within_days",
    "privacy",
)
OF_OUTBOX = ("locale", "about", "headers")


def upgrade() -> None:
    """Make the tables of surveys, and let firm and outbox hold what they need; the release before takes no notice."""
    op.create_table(
        "surveys",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("occasion", sa.String(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("active_since", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_surveys_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("folded", name=op.f("uq_surveys_folded")),
        sa.UniqueConstraint("form_id", name=op.f("uq_surveys_form_id")),
    )
    op.create_index("ix_surveys_state_occasion", "surveys", ["state", "occasion"], unique=False)
    op.create_table(
        "survey_batches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("survey_id", BIG_ID, nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("last_customer_id", BIG_ID, nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_survey_batches_created_by_id_users")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_batches_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_batches")),
        sa.UniqueConstraint("form_id", name=op.f("uq_survey_batches_form_id")),
    )
    op.create_index("ix_survey_batches_state", "survey_batches", ["state"], unique=False)
    op.create_table(
        "survey_questions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("survey_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_score", sa.Integer(), nullable=False),
        sa.Column("to_score", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_questions_survey_id_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_questions")),
    )
    op.create_index(
        "ix_survey_questions_survey_id_position", "survey_questions", ["survey_id", "position"], unique=False
    )
    op.create_table(
        "survey_tallies",
        sa.Column("survey_id", BIG_ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("assignee_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_tallies_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", "month", "assignee_id", "score", name=op.f("pk_survey_tallies")),
    )
    op.create_table(
        "opt_outs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_opt_outs_contact_id_contacts")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_opt_outs_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
    )
    op.create_index("ix_opt_outs_address", "opt_outs", ["address"], unique=False)
    op.create_index("ix_opt_outs_customer_id_contact_id", "opt_outs", ["customer_id", "contact_id"], unique=False)
    op.create_table(
        "survey_invitations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("survey_id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=True),
        sa.Column("assignee_id", BIG_ID, nullable=True),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("seed", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("send_on", sa.Date(), nullable=False),
        sa.Column("held", sa.String(length=12), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("outbox_id", BIG_ID, nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tallied", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_survey_invitations_assignee_id_users")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_survey_invitations_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_survey_invitations_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_survey_invitations_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_invitations_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitations")),
        sa.UniqueConstraint("cause", name=op.f("uq_survey_invitations_cause")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_invitations_token_hash")),
    )
    op.create_index(
        "ix_survey_invitations_customer_id_sent_on", "survey_invitations", ["customer_id", "sent_on"], unique=False
    )
    op.create_index(
        "ix_survey_invitations_silent",
        "survey_invitations",
        ["survey_id", "sent_on", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NOT NULL AND answered_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL AND answered_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index("ix_survey_invitations_survey_id_id", "survey_invitations", ["survey_id", "id"], unique=False)
    op.create_index(
        "ix_survey_invitations_unconfirmed",
        "survey_invitations",
        ["outbox_id"],
        unique=False,
        sqlite_where=sa.text("outbox_id IS NOT NULL AND delivered_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("outbox_id IS NOT NULL AND delivered_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "ix_survey_invitations_untallied",
        "survey_invitations",
        ["survey_id", "sent_on", "assignee_id", "channel"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NOT NULL AND NOT tallied"),
        postgresql_where=sa.text("delivered_at IS NOT NULL AND NOT tallied"),
    )
    op.create_index(
        "ix_survey_invitations_waiting",
        "survey_invitations",
        ["send_on", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "survey_responses",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("survey_id", BIG_ID, nullable=False),
        sa.Column("invitation_id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=True),
        sa.Column("assignee_id", BIG_ID, nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("taken_by_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("editor_hash", sa.String(length=64), nullable=False),
        sa.Column("may_call", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.String(length=12), nullable=False),
        sa.Column("quote_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commitment_id", BIG_ID, nullable=True),
        sa.Column("tallied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_survey_responses_assignee_id_users")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_survey_responses_commitment_id_commitments")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_survey_responses_contact_id_contacts")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_survey_responses_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["survey_invitations.id"],
            name=op.f("fk_survey_responses_invitation_id_survey_invitations"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_responses_survey_id_surveys")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_survey_responses_taken_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_responses")),
        sa.UniqueConstraint("nonce", name=op.f("uq_survey_responses_nonce")),
    )
    op.create_index("ix_survey_responses_answered_on_id", "survey_responses", ["answered_on", "id"], unique=False)
    op.create_index(
        "ix_survey_responses_customer_id_answered_on", "survey_responses", ["customer_id", "answered_on"], unique=False
    )
    op.create_index(
        "ix_survey_responses_aside",
        "survey_responses",
        ["state", "answered_on", "id"],
        unique=False,
        sqlite_where=sa.text("state <> 'standing'"),
        postgresql_where=sa.text("state <> 'standing'"),
    )
    op.create_index(
        "ix_survey_responses_by_staff",
        "survey_responses",
        ["answered_on", "id"],
        unique=False,
        sqlite_where=sa.text("source = 'staff'"),
        postgresql_where=sa.text("source = 'staff'"),
    )
    op.create_index(
        "ix_survey_responses_promised",
        "survey_responses",
        ["commitment_id"],
        unique=False,
        sqlite_where=sa.text("commitment_id IS NOT NULL"),
        postgresql_where=sa.text("commitment_id IS NOT NULL"),
    )
    op.create_index(
        "ix_survey_responses_survey_id_answered_on_id",
        "survey_responses",
        ["survey_id", "answered_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_survey_responses_untallied",
        "survey_responses",
        ["survey_id", "answered_on", "assignee_id", "score", "source"],
        unique=False,
        sqlite_where=sa.text("NOT tallied AND state = 'standing'"),
        postgresql_where=sa.text("NOT tallied AND state = 'standing'"),
    )
    op.create_index(
        "uq_survey_responses_standing",
        "survey_responses",
        ["invitation_id"],
        unique=True,
        sqlite_where=sa.text("state = 'standing'"),
        postgresql_where=sa.text("state = 'standing'"),
    )
    op.create_table(
        "referrals",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=True),
        sa.Column("response_id", BIG_ID, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reach", sa.String(length=160), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_referrals_contact_id_contacts")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_referrals_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["survey_responses.id"], name=op.f("fk_referrals_response_id_survey_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("nonce", name=op.f("uq_referrals_nonce")),
    )
    op.create_index("ix_referrals_customer_id", "referrals", ["customer_id"], unique=False)
    op.create_index(
        "ix_commitments_recovering_assignee",
        "commitments",
        ["assignee_id", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND origin = 'recovery'"),
        postgresql_where=sa.text("state = 'open' AND origin = 'recovery'"),
    )
    op.create_index(
        "ix_commitments_recovering_due",
        "commitments",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND origin = 'recovery'"),
        postgresql_where=sa.text("state = 'open' AND origin = 'recovery'"),
    )
    op.add_column("firms", sa.Column("ask_at_most", sa.Integer(), nullable=False, server_default="2"))
    op.add_column("firms", sa.Column("ask_within_days", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("firms", sa.Column("remind_after_days", sa.Integer(), nullable=False, server_default="4"))
    op.add_column("firms", sa.Column("answer_within_days", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("firms", sa.Column("recover_within_days", sa.Integer(), nullable=False, server_default="2"))
    op.add_column("firms", sa.Column("privacy", sa.Text(), nullable=False, server_default=""))
    op.add_column("outbox_messages", sa.Column("locale", sa.String(length=2), nullable=True))
    op.add_column("outbox_messages", sa.Column("about", sa.JSON(), nullable=True))
    op.add_column("outbox_messages", sa.Column("headers", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop them again, children first."""
    for column in OF_OUTBOX:
        op.drop_column("outbox_messages", column)
    for column in OF_FIRM:
        op.drop_column("firms", column)
    for index in ("ix_commitments_recovering_due", "ix_commitments_recovering_assignee"):
        op.drop_index(index, table_name="commitments")
    for table in reversed(TABLES):
        op.drop_table(table)
