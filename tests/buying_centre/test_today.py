"""A relation whose day has come stands on Today, and is acted on by logging a touch with that person."""

from uuid import uuid4

from portal import clock
from portal.buying_centre import rhythm
from portal.extensions import db
from portal.follow_ups import touching
from tests.browser import Browser
from tests.buying_centre.there import DAY, relation, there, touched
from tests.cast import Cast
from tests.touches import a_customer


def test_rises_is_logged_and_undone_in_place(support: Browser, owner: Browser, cast: Cast) -> None:
    customer, ana, jorge = there(cast)
    touched(ana, cast.support, 40)
    rhythm.plan(customer, ana, cast.support, 30, cast.owner)
    rhythm.plan(customer, jorge, cast.support, 30, cast.owner)  # not yet due
    touched(jorge, cast.marketing, 9)
    rhythm.plan(customer, jorge, cast.marketing, 9, cast.owner)
    db.session.commit()
    page = support.get("/").get_data(as_text=True)
    for said in (
        "Not in touch, 10 days late",
        "— Ana Robles, every 30 days",
        "1 waits for you",
        "Keep in touch",
    ):
        assert said in page, said
    page = owner.get("/?whose=everybody&reason=relations").get_data(as_text=True)
    assert page.index("10 days late") < page.index("In touch today")
    assert "Marta Marketing" in page
    log = "/customers/1/follow-ups/new?contact=1&relation=1"
    assert f'href="{log.replace("&", "&amp;")}"' in page
    assert "<form" in support.get(log).get_data(as_text=True)
    opened = support.get(f"{log}&place=today", fragment=True).get_data(as_text=True)
    assert '<option value="1" selected>Ana Robles' in opened
    assert 'hx-target="#relation-1"' in opened
    form = {"form_id": str(uuid4()), "place": "today", "relation": "1", "contact_id": "1"}
    done = support.post("/customers/1/follow-ups", data=form, fragment=True).get_data(as_text=True)
    assert 'class="line is-done" id="relation-1"' in done
    assert relation(1, cast.support.id).due_on == clock.today() + 30 * DAY
    assert "Nothing waits for you" in support.get("/").get_data(as_text=True)
    undo = {"place": "today", "relation": "1"}
    back = support.post("/follow-ups/3/undo", data=undo, fragment=True).get_data(as_text=True)
    assert 'class="line due" id="relation-1"' in back
    assert "Not in touch, 10 days late" in support.get("/").get_data(as_text=True)


def test_is_silent_while_planned_and_of_the_archive(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    touched(ana, cast.support, 40)
    rhythm.plan(customer, ana, cast.support, 30, cast.owner)
    planned = touching.plan(
        customer, touching.Plan(clock.today() + 9 * DAY, contact_id=1, assignee_id=cast.support.id), cast.support
    )
    db.session.commit()
    assert "Nothing waits for you" in support.get("/").get_data(as_text=True)
    assert "planned for" in support.get("/customers/1/centre").get_data(as_text=True)
    touching.drop(customer, planned, cast.support)
    db.session.commit()
    assert "10 days late" in support.get("/").get_data(as_text=True)
    customer.archive(cast.owner)
    db.session.commit()
    assert "Nothing waits for you" in support.get("/").get_data(as_text=True)


def test_anothers_relation_is_not_shown_by_undoing(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    touched(ana, cast.support, 40)
    rhythm.plan(customer, ana, cast.support, 30, cast.owner)
    other = a_customer(cast, "Other")
    db.session.commit()
    form = {"form_id": str(uuid4()), "place": "today", "relation": "1"}
    support.post(f"/customers/{other.id}/follow-ups", data=form, fragment=True)
    undone = support.post("/follow-ups/2/undo", data={"place": "today", "relation": "1"}, fragment=True)
    assert undone.headers["HX-Redirect"] == "/"
