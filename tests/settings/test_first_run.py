"""The first visit makes the firm and its first owner, once."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.settings.models import Firm
from portal.timeline.models import Event
from portal.users.models import User
from tests.browser import Browser

FORM = {
    "firm_name": "Muebles Montaña",
    "locale": "es",
    "time_zone": "America/Monterrey",
    "currency": "USD",
    "name": "Olga Owner",
    "email": "Olga@firm.example",
    "password": "a long enough password",
}


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """The first visitor of all."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def test_every_page_leads_there(visitor: Browser) -> None:
    for path in ("/", "/customers", "/sign-in", "/settings", "/forgotten"):
        assert visitor.get(path).location == "/settings/first-run"
    page = visitor.get("/settings/first-run", headers={"Accept-Language": "es-MX"}).get_data(as_text=True)
    assert '<html lang="es"' in page
    assert '<option selected value="America/Mexico_City">' in page
    assert '<option selected value="MXN">MXN – peso mexicano</option>' in page


def test_makes_the_firm_and_signs_the_owner_in(visitor: Browser) -> None:
    assert visitor.post("/settings/first-run", data=FORM).location == "/"
    assert visitor.get("/settings").status_code == 200
    firm = db.session.scalars(select(Firm)).one()
    assert (firm.name, firm.time_zone, firm.currency, firm.region) == (
        "Muebles Montaña", "America/Monterrey", "USD", "US",
    )  # fmt: skip
    owner = db.session.scalars(select(User)).one()
    assert (owner.email, owner.role) == ("olga@firm.example", "owner")
    kinds = [event.kind for event in db.session.scalars(select(Event).order_by(Event.id))]
    assert kinds == ["firm.made", *["survey.made"] * 4, "playbook.made", "session.signed_in"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"firm_name": ""},
        {"firm_name": "a\x00b"},
        {"name": ""},
        {"email": "olga"},
        {"password": "short"},
        {"password": "with a \x00 in it"},
        {"time_zone": "Mars/Olympus"},
        {"currency": "XXX"},
        {"locale": "fr"},
    ],
)
def test_bad_input_is_refused_and_kept(wrong: dict[str, str], visitor: Browser) -> None:
    answer = visitor.post("/settings/first-run", data={**FORM, **wrong})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert ("Muebles Montaña" in page) != ("firm_name" in wrong)
    assert FORM["password"] not in page
    assert db.session.scalar(select(Firm)) is None
    assert db.session.scalar(select(User)) is None


def test_there_is_no_second_one(stranger: Browser, owner: Browser) -> None:
    assert stranger.get("/settings/first-run").location == "/sign-in"
    assert stranger.post("/settings/first-run", data=FORM).location == "/sign-in"
    assert owner.get("/settings/first-run").location == "/sign-in"
    assert len(db.session.scalars(select(Firm)).all()) == 1


def test_two_first_visits_at_once_make_one_firm(app: Flask) -> None:
    browsers = [client for client in (app.test_client(), app.test_client()) if isinstance(client, Browser)]
    tokens = [browser.csrf_token() for browser in browsers]
    together, answers = threading.Barrier(2), []

    def begin(browser: Browser, token: str) -> None:
        with app.app_context():
            together.wait()
            form = {**FORM, "email": f"{id(browser)}@firm.example", "csrf_token": token}
            answers.append(browser.post("/settings/first-run", csrf=False, data=form).location)

    threads = [threading.Thread(target=begin, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["/", "/sign-in"]
    assert len(db.session.scalars(select(Firm)).all()) == 1
    assert len(db.session.scalars(select(User)).all()) == 1
