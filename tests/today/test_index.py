"""The morning list: everything that waits, most urgent first."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.extensions import db
from portal.follow_ups.reassurance import plan_reassurance
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.lists.entries import an_entry
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer, a_plan, a_promise, a_recovery

DAY = timedelta(days=1)


def a_morning(cast: Cast) -> None:
    """One matter of each reason, and some that must not show."""
    today = clock.today()
    hotel, notary, clinic = a_customer(cast), a_customer(cast, "Notaría 32"), a_customer(cast, "Clínica Obregón")
    gone = a_customer(cast, "Gone Ltd")
    gone.archive(by=cast.owner)
    plan_reassurance(notary.id, 1, today - 3 * DAY, by=None)
    notary.last_purchase_on = today - 3 * DAY
    a_plan(hotel, today, "ask about the terrace tables").contact_id = a_contact(hotel).id
    a_plan(hotel, today + DAY, "tomorrow's call")
    a_plan(gone, today, "the archived one's call")
    a_promise(clinic, today - 2 * DAY, "Send their tax papers", side="theirs")
    a_promise(clinic, today - 3 * DAY, "Send the invoice copy")
    a_promise(clinic, today + DAY, "Not due yet")
    a_promise(gone, today - DAY, "The archived one's promise")
    a_recovery(notary, today + 2 * DAY)
    a_recovery(gone, today, "The archived one's trouble")
    db.session.commit()


def test_says_why_most_urgent_first(support: Browser, cast: Cast) -> None:
    a_morning(cast)
    text = support.get("/").get_data(as_text=True)
    order = [
        "Unhappy, to be made right in 2 days</a> — 3 of 10: “Two legs wobble”",
        "Promise 3 days late</a> — Send the invoice copy",
        "They promised, 2 days late</a> — Send their tax papers",
        "Follow-up today</a> — ask about the terrace tables",
        "Reassurance</a> — bought 3 days ago; ask how it went",
    ]
    places = [text.index(sentence) for sentence in order]
    assert places == sorted(places)
    for absent in ("Gone Ltd", "tomorrow's", "Not due yet"):
        assert absent not in text
    assert "5 wait for you, 2 of them for a promise" in text
    assert "5 wait, 2 of them for a promise" in support.get("/?whose=everybody").get_data(as_text=True)
    assert "client · 6 purchase days" in text
    assert "Ana Robles, housekeeping" in text


def test_greets_by_name(support: Browser, cast: Cast) -> None:
    assert ", Lucía" in support.get("/").get_data(as_text=True)


def test_counts_filter_the_list(support: Browser, cast: Cast) -> None:
    a_morning(cast)
    text = support.get("/?reason=reassurance").get_data(as_text=True)
    assert "ask how it went" in text
    assert "Send the invoice copy" not in text
    assert "All <b>5</b>" in text


def test_the_unhappy_stand_first_on_any_day_and_are_no_promise_besides(support: Browser, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for n in (-1, 0, 5):
        a_recovery(customer, today + n * DAY, f"trouble {n}.")
    a_promise(customer, today - 9 * DAY, "Send the invoice copy")
    db.session.commit()
    text = support.get("/").get_data(as_text=True)
    said = [
        "Unhappy, 1 day late to make it right</a> — trouble -1.", "Unhappy, to be made right today</a> — trouble 0.",
        "Unhappy, to be made right in 5 days</a> — trouble 5.", "Promise 9 days late</a> — Send the invoice copy",
    ]  # fmt: skip
    places = [text.index(sentence) for sentence in said]
    assert places == sorted(places)
    assert "promised after the answer of" in text
    assert "trouble" not in support.get("/?reason=promises").get_data(as_text=True)
    only = support.get("/?reason=unhappy").get_data(as_text=True)
    assert only.count("trouble") == 3 * only.count("trouble 0.")
    assert "Send the invoice copy" not in only
    kept = support.post("/commitments/1/keep?place=today", fragment=True).get_data(as_text=True)
    assert "Kept" in kept


def test_mine_my_teams_and_everybodys(cast: Cast, browser_of: Callable[[User], Browser]) -> None:
    today = clock.today()
    colleague = User(name="Lalo Support", email="lalo@firm.example", role="support", created_at=clock.now())
    db.session.add(colleague)
    db.session.flush()
    for name, user in (("Mine", cast.support), ("Team", colleague), ("Sales", cast.sales)):
        a_plan(a_customer(cast, f"{name} customer", user), today)
    nobodys = a_plan(a_customer(cast, "Nobody customer"), today)
    nobodys.assignee_id = None
    db.session.commit()
    browser = browser_of(cast.support)
    seen = {}
    for whose in ("", "mine", "team", "everybody", "<script>"):
        text = browser.get(f"/?whose={whose}").get_data(as_text=True)
        seen[whose] = {name for name in ("Mine", "Team", "Sales", "Nobody") if f"{name} customer" in text}
    assert seen[""] == seen["mine"] == seen["<script>"] == {"Mine"}
    assert seen["team"] == {"Mine", "Team"}
    assert seen["everybody"] == {"Mine", "Team", "Sales", "Nobody"}


def test_says_that_nothing_waits(support: Browser, cast: Cast) -> None:
    assert "/imports/new?kind=customers" in support.get("/").get_data(as_text=True)  # there is nobody to call yet
    a_customer(cast)
    db.session.commit()
    text = support.get("/").get_data(as_text=True)
    assert "Nothing waits for you" in text
    assert "everybody" in text


def test_pages_by_key_and_counts_to_fifty_of_each_or_half_of_what_lists_propose(support: Browser, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for n in range(60):
        a_plan(customer, today - n % 3 * DAY, f"call number {n}.")
        a_promise(customer, today - n % 3 * DAY, f"promise number {n}.")
    for n in range(26):
        an_entry(a_customer(cast, f"Customer {n}"), "due")
    db.session.commit()
    path, seen = "/", []
    while path:
        text = support.get(path).get_data(as_text=True)
        seen += [
            f"{kind} number {n}." for kind in ("promise", "call") for n in range(60) if f"{kind} number {n}." in text
        ]
        path = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert len(seen) == 120 == len(set(seen))
    text = support.get("/").get_data(as_text=True)
    assert "All <b>125+</b>" in text
    assert "Due to buy again <b>25+</b>" in text
    assert "125+ wait for you, " in text


@pytest.mark.parametrize("whose", ["mine", "team", "everybody"])
def test_costs_four_queries_however_many_wait(whose: str, support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    a_morning(cast)
    for n in range(30):
        a_promise(a_customer(cast, f"Customer {n}"), clock.today(), f"promise {n}")
    db.session.commit()
    with queries as seen:
        assert support.get(f"/?whose={whose}").status_code == 200
    assert len(seen) <= 4


def test_hostile_text_is_text(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast, '<b hx-get="/x" hx-trigger="load">Evil</b>')
    a_promise(customer, clock.today(), "<script>alert(1)</script>")
    a_plan(customer, clock.today(), '"><img src=x onerror=alert(1)>').contact_id = a_contact(customer, "<i>Ana</i>").id
    db.session.commit()
    text = support.get("/").get_data(as_text=True)
    for tag in ("<script>alert", "<b hx-get", "<img", "<i>Ana"):
        assert tag not in text


def test_a_hostile_key_is_the_first_page(support: Browser, cast: Cast) -> None:
    a_morning(cast)
    for key in ("x", "W10", "WyIxIl0", "%00", "a" * 2000):
        assert "Send the invoice copy" in support.get(f"/?after={key}").get_data(as_text=True)


def test_whom_the_lists_name_stands_there_until_somebody_has_touched_them(support: Browser, cast: Cast) -> None:
    day = clock.today()
    hotel, notary, clinic = a_customer(cast), a_customer(cast, "Notaría 32"), a_customer(cast, "Clínica Obregón")
    touched, apart = a_customer(cast, "Touched"), a_customer(cast, "Apart")
    an_entry(hotel, "due")
    an_entry(notary, "overdue", on_day=day - 71 * DAY, number=71 / 30)
    an_entry(clinic, "thank", on_day=day - DAY, number=2.0, kind="client", due_on=day - DAY)
    an_entry(clinic, "silent")
    an_entry(apart, "due", untouched=True)
    an_entry(touched, "due", due_on=day - DAY)
    an_entry(a_customer(cast, "Of an old day"), "due", on_today=False)
    touched.last_touch_on = day - DAY
    clinic.last_touch_on = day - 2 * DAY
    a_plan(hotel, day)
    db.session.commit()
    text = support.get("/").get_data(as_text=True)
    said = [
        "Follow-up today</a>", "Due to buy again</a> — Expected around",
        "Overdue</a> — 71 days without a purchase; usually 30", "Thank</a> — Became a client on",
    ]  # fmt: skip
    places = [text.index(sentence) for sentence in said]
    assert places == sorted(places)
    for absent in ("Touched", "Apart", "Of an old day", "Silent"):
        assert absent not in text
    assert "Overdue <b>1</b>" in text
    assert "Notaría 32" in support.get("/?reason=overdue&whose=everybody").get_data(as_text=True)


def test_what_a_list_proposes_is_logged_in_its_line_and_taken_back(support: Browser, cast: Cast) -> None:
    hotel, _other = a_customer(cast), an_entry(a_customer(cast, "Other"), "due")
    an_entry(hotel, "overdue", on_day=clock.today() - 71 * DAY, number=2.4)
    db.session.commit()
    log = support.get("/customers/1/follow-ups/new?entry=2&place=today", fragment=True).get_data(as_text=True)
    assert 'hx-target="#entry-2"' in log
    here = {"HX-Current-URL": "http://localhost/?whose=mine"}
    form = {"form_id": str(uuid4()), "place": "today", "entry": "2", "channel": "call", "outcome": "reached"}
    done = support.post("/customers/1/follow-ups", data=form, fragment=True, headers=here).get_data(as_text=True)
    assert 'class="line is-done" id="entry-2"' in done
    assert "All <b>1</b>" in done
    assert "Hotel" not in support.get("/").get_data(as_text=True)
    undo = {"place": "today", "entry": "2"}
    back = support.post("/follow-ups/1/undo", data=undo, fragment=True, headers=here).get_data(as_text=True)
    assert 'class="line due" id="entry-2"' in back
    assert "All <b>2</b>" in back
    support.post("/customers/1/follow-ups", data=form | {"form_id": str(uuid4())}, fragment=True)
    another = support.post("/follow-ups/2/undo", data=undo | {"entry": "1"}, fragment=True)
    assert another.headers["HX-Redirect"] == "/"  # the lists were made anew meanwhile
