"""How Alembic reaches the portal's database: through the app's own engine."""

from alembic import context
from flask import current_app

from portal.tables import metadata


def run() -> None:
    """Run the migrations in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True, render_as_batch=False)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":  # a table of millions takes longer than a page may
                context.execute("SET LOCAL statement_timeout = 0")
            context.run_migrations()


run()
