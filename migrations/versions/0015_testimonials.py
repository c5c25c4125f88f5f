"""Testimonials: what may be quoted, where, and how it was allowed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVING = sa.text("withdrawn_on IS NULL")
MAY_BE_QUOTED = sa.text("quote <> '' AND state = 'standing'")


def upgrade() -> None:
    """Make the table; the release before takes no notice of it."""
    op.create_table(
        "testimonials",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=True),
        sa.Column("response_id", BIG_ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed", sa.String(length=200), nullable=False),
        sa.Column("website", sa.Boolean(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("social", sa.Boolean(), nullable=False),
        sa.Column("talks", sa.Boolean(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_testimonials_contact_id_contacts")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_testimonials_created_by_id_users")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_testimonials_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["survey_responses.id"], name=op.f("fk_testimonials_response_id_survey_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonials")),
        sa.UniqueConstraint("form_id", name=op.f("uq_testimonials_form_id")),
        sa.UniqueConstraint("response_id", name=op.f("uq_testimonials_response_id")),
    )
    op.create_index("ix_testimonials_customer_id", "testimonials", ["customer_id"], unique=False)
    op.create_index(
        "ix_testimonials_living", "testimonials", ["id"], unique=False, sqlite_where=LIVING, postgresql_where=LIVING
    )
    op.create_index(
        "ix_survey_responses_quotable", "survey_responses", ["id"], unique=False, sqlite_where=MAY_BE_QUOTED,
        postgresql_where=MAY_BE_QUOTED,
    )  # fmt: skip


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_survey_responses_quotable", table_name="survey_responses")
    op.drop_table("testimonials")
