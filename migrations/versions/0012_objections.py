"""Objections: the library with its answers and documents, and which of them a follow-up has recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("objections", "objection_answers", "objection_documents")
OF_FOLLOW_UPS = {"objection_id": "objections", "answer_id": "objection_answers"}
INDEXES = (
    ("ix_follow_ups_objection", ["objection_id", "done_on", "id"], "objection_id IS NOT NULL"),
    ("ix_follow_ups_answer_id", ["answer_id"], "answer_id IS NOT NULL"),
)


def upgrade() -> None:
    """Make the tables and columns; the release before takes no notice of them."""
    op.create_table(
        "objections",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column(
            "folded",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_objections_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
        sa.UniqueConstraint("folded", name=op.f("uq_objections_folded")),
        sa.UniqueConstraint("form_id", name=op.f("uq_objections_form_id")),
    )
    op.create_table(
        "objection_answers",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("objection_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_objection_answers_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objections.id"], name=op.f("fk_objection_answers_objection_id_objections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answers")),
        sa.UniqueConstraint("form_id", name=op.f("uq_objection_answers_form_id")),
    )
    op.create_index("ix_objection_answers_objection_id", "objection_answers", ["objection_id"], unique=False)
    op.create_table(
        "objection_documents",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("objection_id", BIG_ID, nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_objection_documents_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objections.id"], name=op.f("fk_objection_documents_objection_id_objections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_documents")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_documents_objection_id")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_objection_documents_stored_as")),
    )
    for name, table in OF_FOLLOW_UPS.items():
        key = sa.ForeignKey(f"{table}.id", name=op.f(f"fk_follow_ups_{name}_{table}"))
        op.add_column("follow_ups", sa.Column(name, BIG_ID, key, nullable=True), inline_references=True)
    for name, columns, where in INDEXES:
        op.create_index(
            name, "follow_ups", columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    """Drop them again, children first."""
    for name, _, _ in reversed(INDEXES):
        op.drop_index(name, table_name="follow_ups")
    for name in reversed(OF_FOLLOW_UPS):
        op.drop_column("follow_ups", name)
    for table in reversed(TABLES):
        op.drop_table(table)
