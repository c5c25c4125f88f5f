"""The bare page: 50 rows of one indexed query through the same ORM, server and database; no sign-in, nothing else.

It stands for what Flask, SQLAlchemy and Jinja cost anyway. Run as a module, it serves itself as the portal is served.
"""

from flask import Flask, render_template_string
from sqlalchemy import select

from portal import tables
from portal.config import Settings, from_environment
from portal.customers.models import Customer
from portal.extensions import db, reading_only

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Customers</title></head><body>
<table>
<tr><th>Name</th><th>City</th><th>Phone</th><th>Status</th><th>Last purchase</th></tr>
{% for customer in customers %}
<tr>
<td><a href="/customers/{{ customer.id }}">{{ customer.name }}</a></td>
<td>{{ customer.city }}</td>
<td>{{ customer.phone }}</td>
<td>{{ customer.status }}</td>
<td>{{ customer.last_purchase_on }}</td>
</tr>
{% endfor %}
</table>
</body></html>
"""


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
        reading_only.set(True)
        query = select(Customer).where(Customer.archived_at.is_(None)).order_by(Customer.sort_name, Customer.id)
        return render_template_string(PAGE, customers=db.session.scalars(query.limit(50)))

    return app


def main() -> None:
    """Serve it until SIGTERM."""
    from portal.serving import web_server

    settings = from_environment()
    app = create_app(settings)
    web_server(settings).serve(target_loader=lambda: app.wsgi_app, wrap_loader=False)


if __name__ == "__main__":
    main()
