"""The bare page: 50 rows of one indexed query through the same ORM, server and database; no sign-in, nothing else. And
the bare POST, which writes one row.

They stand for what Flask, SQLAlchemy and Jinja cost anyway. Run as a module, it serves itself as the portal is served.
"""

from uuid import uuid4

from flask import Flask, render_template
from sqlalchemy import select

from portal import tables
from portal.config import Settings, from_environment
from portal.customers.models import Customer, Tag
from portal.extensions import db, reading_only


def create_app(settings: Settings) -> Flask:
    """A Flask app of one page, on the portal's own engine settings."""
    app = Flask(__name__)
    assert tables.metadata is db.metadata
    ours = settings.flask()
    for name in ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS"):
        app.config[name] = ours[name]
    db.init_app(app)

    @app.get("/")
    def page() -> str:
        reading_only.set(
            db.engine.dialect.name == "sqlite"
        )  # on PostgreSQL, in a transaction, as SQLAlchemy begins one
        query = select(Customer).where(Customer.archived_at.is_(None)).order_by(Customer.sort_name, Customer.id)
        return render_template("bare.html", customers=db.session.scalars(query.limit(50)))

    @app.post("/")
    def write() -> str:
        reading_only.set(False)
        name = uuid4().hex
        db.session.add(Tag(name=name, folded=name))
        db.session.commit()
        return "written"

    return app


def main() -> None:
    """Serve it until SIGTERM."""
    from portal.serving import web_server

    settings = from_environment()
    app = create_app(settings)
    web_server(settings).serve(target_loader=lambda: app.wsgi_app, wrap_loader=False)


if __name__ == "__main__":
    main()
