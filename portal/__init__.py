"""The portal that keeps a firm's customers after the sale: `create_app` puts it together."""

from flask import Flask

from portal import cli, context, errors, formats, frame, language, links, logs, security, tables, templating
from portal.config import ROOT, Settings, from_environment
from portal.cookies import KeptSigner
from portal.extensions import babel, csrf, db, huey, limiter, login, mail, migrate


def create_app(settings: Settings | None = None) -> Flask:
    """The application, from these settings or from the environment's; raises `BadSetting` when one is bad."""
    settings = settings or from_environment()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        instance_path=str(settings.instance.resolve()),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # none of ours is a coroutine
    templating.init_app(app)
    app.session_interface = KeptSigner()
    app.config.from_mapping(settings.flask())
    app.extensions["settings"] = settings
    logs.init_app(app)
    security.init_app(app, settings.trusted_proxies)
    links.init_app(app)
    formats.init_app(app)
    assert tables.metadata is db.metadata  # every mapper is loaded before the first query
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login.init_app(app)
    context.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=language.spoken)
    language.init_app(app)
    frame.init_app(app)
    app.extensions["limiter"] = {limiter}  # it is asked where limits are, so its own look at every request is left out
    limiter.init_app(app)
    mail.init_app(app)
    huey.bind(app, settings)
    errors.init_app(app)
    register_blueprints(app)
    cli.init_app(app)
    return app


def register_blueprints(app: Flask) -> None:
    """The rooms of the house and their addresses."""
    from portal.advocacy.views import advocacy
    from portal.backing.views import backing
    from portal.buying_centre.views import buying_centre, centres
    from portal.celebrations.views import celebrations
    from portal.commitments.views import commitments
    from portal.contacts.views import contacts
    from portal.customers.views import customers
    from portal.digests.public import mornings
    from portal.digests.views import digests
    from portal.follow_ups.views import follow_ups
    from portal.health import health
    from portal.imports.views import imports
    from portal.invitations.views import invitations
    from portal.ledger.public import promises
    from portal.ledger.views import ledger
    from portal.lists.views import lists
    from portal.mail.views import mail_room
    from portal.merging.views import merging
    from portal.objections.views import objections
    from portal.playbooks.views import playbooks
    from portal.purchases.views import purchases
    from portal.relay.views import relay
    from portal.responses.public import answers
    from portal.responses.views import responses
    from portal.retention.views import retention
    from portal.review.views import review
    from portal.settings.views import settings
    from portal.surveys.views import surveys
    from portal.testimonials.views import testimonials
    from portal.timeline.views import timeline
    from portal.today.views import today
    from portal.trials.views import trials
    from portal.users import public, users, views  # noqa: F401 - the two hold the addresses of the one room

    rooms = [
        (today, ""),
        (customers, "/customers"),
        (merging, "/customers"),
        (purchases, "/purchases"),
        (imports, "/imports"),
        (invitations, ""),
        (contacts, "/customers/<int:id>/contacts"),
        (buying_centre, "/customers/<int:id>/centre"),
        (follow_ups, ""),
        (commitments, ""),
        (ledger, ""),
        (relay, ""),
        (centres, "/relay/centres"),
        (backing, ""),
        (review, ""),
        (surveys, "/surveys"),
        (responses, ""),
        (advocacy, ""),
        (testimonials, ""),
        (celebrations, ""),
        (lists, "/retention"),
        (trials, "/retention/trials"),
        (retention, "/retention"),
        (timeline, "/timeline"),
        (users, ""),
        (digests, ""),
        (playbooks, ""),
        (settings, "/settings"),
        (mail_room, "/settings/mail"),
        (objections, "/settings/objections"),
        (answers, ""),
        (promises, ""),
        (mornings, ""),
        (health, ""),
    ]
    for blueprint, prefix in rooms:
        app.register_blueprint(blueprint, url_prefix=prefix)
