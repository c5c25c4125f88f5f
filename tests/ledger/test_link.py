"""`flask --app wsgi commitments link`."""

import json
from datetime import timedelta

from flask import Flask

from portal import clock
from portal.extensions import db
from portal.ledger.models import LedgerLink
from tests.browser import Browser
from tests.cast import Cast
from tests.ledger.opened import SECRET
from tests.touches import a_contact, a_customer


def test_prints_the_one_link_of_a_contact(app: Flask, cast: Cast, stranger: Browser) -> None:
    ana = a_contact(a_customer(cast))
    id = ana.id
    db.session.commit()
    runner = app.test_cli_runner()

    def link(*words: str) -> str:
        return runner.invoke(args=["commitments", "link", *words]).output

    made = [json.loads(link("--contact", str(id), "--json")) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["contact"] == id
    assert made[0]["expires_on"] == (clock.today() + timedelta(days=90)).isoformat()
    path = made[0]["url"].removeprefix("http://localhost")
    assert path.startswith("/p/")
    assert stranger.get(path).status_code == 200
    assert link("--contact", str(id)).strip() == made[0]["url"]
    [kept] = db.session.query(LedgerLink).all()
    assert path.removeprefix("/p/") not in repr(vars(kept))
    kept.expires_on = clock.today() - timedelta(days=1)
    db.session.commit()
    assert json.loads(link("--contact", str(id), "--json")) == made[0]  # it has run out, and is renewed
    app.config["SECRET_KEY"], settings = "another secret, 0123456789 0123456789", app.extensions["settings"]
    try:
        object.__setattr__(settings, "secret_key", app.config["SECRET_KEY"])
        assert link("--contact", str(id)).strip() != made[0]["url"]  # its key is gone: another takes its place
    finally:
        app.config["SECRET_KEY"] = SECRET
        object.__setattr__(settings, "secret_key", SECRET)
    assert "no contact 99" in link("--contact", "99")
    db.session.refresh(ana)
    ana.archive(cast.support)
    db.session.commit()
    assert "is archived" in link("--contact", str(id))
