"""One person who stood twice at a customer: the other record becomes a signpost."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SIGNPOST = "fk_contacts_merged_into_id_contacts"


def upgrade() -> None:
    """Make the column; to the release before, a signpost is an archived contact."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # SQLite takes a reference only together with its column.
    op.execute(f"ALTER TABLE contacts ADD COLUMN merged_into_id {kind} CONSTRAINT {SIGNPOST} REFERENCES contacts (id)")


def downgrade() -> None:
    """Drop it again. Signposts become archived contacts."""
    op.drop_column("contacts", "merged_into_id")
