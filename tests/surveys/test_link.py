"""`flask --app wsgi surveys link`."""

import json

from flask import Flask

from portal import clock
from portal.extensions import db
from portal.invitations import opting
from portal.invitations.models import Invitation
from portal.invitations.tokens import hash_of
from portal.surveys import queries, ready
from tests.cast import Cast
from tests.touches import a_contact, a_customer


def test_makes_an_invitation_and_prints_its_address(app: Flask, cast: Cast) -> None:
    ready.add_all("en", None)
    customer = a_customer(cast)
    ana = a_contact(customer)
    db.session.commit()
    runner = app.test_cli_runner()

    def link(*words: str) -> str:
        return runner.invoke(args=["surveys", "link", *words]).output

    whose = ("--customer", str(customer.id))
    made = [json.loads(link("--survey", "recommendation (nps)", *whose, "--json")) for _ in range(2)]
    assert made[0]["url"].startswith("http://localhost/s/")
    assert made[0]["url"] != made[1]["url"]
    assert made[0]["expires_on"] > clock.today().isoformat()
    kept = db.session.get_one(Invitation, made[0]["invitation"])
    assert kept.token_hash == hash_of(made[0]["url"].rpartition("/")[2])
    assert (kept.channel, kept.contact_id) == ("link", None)
    assert kept.delivered_at
    assert link("--survey", "NPS", "--contact", str(ana.id), *whose).startswith("http://localhost/s/")
    assert "More than one survey" in link("--survey", "CSAT", *whose)
    assert "No survey" in link("--survey", "Taste", *whose)
    assert "not being asked" in link("--survey", "After a purchase (CSAT)", *whose)
    assert "no customer 99" in link("--survey", "NPS", "--customer", "99")
    assert "no contact 99" in link("--survey", "NPS", "--contact", "99", *whose)
    opting.say(opting.who(customer, ana), "surveys", by=cast.support)
    db.session.commit()
    assert "does not want to be asked" in link("--survey", "NPS", "--contact", str(ana.id), *whose)
    opting.say(opting.who(customer, ana), "ask", by=cast.support)
    survey = queries.survey_by_folded("recommendation (nps)")
    assert survey is not None
    survey.close(cast.owner)
    db.session.commit()
    assert "not being asked" in link("--survey", "NPS", *whose)
    customer.archive(cast.owner)
    db.session.commit()
    assert "archived" in link("--survey", "NPS", *whose)
