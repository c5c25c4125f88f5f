"""An index for finding customers by any part of a name, e-mail or phone.

FTS5 trigrams on SQLite, pg_trgm on PostgreSQL.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE VIRTUAL TABLE customers_search USING fts5(
        search_text, content='customers', content_rowid='id', tokenize='trigram'
    )""",
    """CREATE TRIGGER customers_search_insert AFTER INSERT ON customers BEGIN
        INSERT INTO customers_search (rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER customers_search_delete AFTER DELETE ON customers BEGIN
        INSERT INTO customers_search (customers_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER customers_search_update AFTER UPDATE OF search_text ON customers
    WHEN new.search_text IS NOT old.search_text BEGIN
        INSERT INTO customers_search (customers_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
        INSERT INTO customers_search (rowid, search_text) VALUES (new.id, new.search_text);
    END""",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_customers_search_text ON customers USING gin (search_text gin_trgm_ops)",
)


def upgrade() -> None:
    """Make the index that this database has for the purpose."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("update", "delete", "insert"):
            op.execute(f"DROP TRIGGER customers_search_{name}")
        op.execute("DROP TABLE customers_search")
    else:
        op.execute("DROP INDEX ix_customers_search_text")
