"""Who did what, for owners."""

import re

import pytest

from portal.extensions import db
from portal.timeline.kinds import HOUSE_FAMILIES
from portal.timeline.models import record
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add
from tests.recorder import QueryRecorder


@pytest.fixture
def done(cast: Cast) -> None:
    customer = add(cast)
    record("follow_up.logged", by=cast.support, customer_id=customer.id, note="called them", channel="call")
    record("user.invited", by=cast.owner, name="Iván", role="sales")
    db.session.commit()


def test_shows_everything_with_names(owner: Browser, done: None) -> None:
    page = owner.get("/timeline").get_data(as_text=True)
    for said in (
        "Became known to us",
        "Hotel Sierra Azul",
        "called them",
        "Lucía Support",
        "Invited: Iván",
        "Signed in",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("?user={support}", "called them", "Invited"),
        ("?kind=touches", "called them", "Became known"),
        ("?kind=users", "Invited: Iván", "called them"),
        ("?kind=changes&user={sales}", "Became known", "called them"),
        ("?kind=changes&user={support}", "Nothing of this kind", "Became known"),
        ("?kind=rubbish&user=x&after=y", "called them", "Nothing of this kind"),
    ],
)
def test_narrowed(query: str, there: str, not_there: str, owner: Browser, done: None, cast: Cast) -> None:
    query = query.format(support=cast.support.id, sales=cast.sales.id)
    for fragment in (False, True):
        page = owner.get(f"/timeline{query}", fragment=fragment).get_data(as_text=True)
        assert there in page
        assert not_there not in page


def test_every_family_can_be_chosen(owner: Browser) -> None:
    page = owner.get("/timeline").get_data(as_text=True)
    offered = re.findall(r'<option value="([a-z]+)"', page.partition('name="kind"')[2].partition("</select>")[0])
    assert set(offered) == set(HOUSE_FAMILIES)


def test_every_kind_of_event_is_said_in_words(owner: Browser, cast: Cast) -> None:
    kinds = [kind for family in HOUSE_FAMILIES.values() for kind in family]
    for kind in kinds:
        record(kind, by=cast.owner)
    record("message.tried_again", by=cast.owner, to="ana@x.example")
    db.session.commit()
    page = "".join(owner.get(f"/timeline?kind={family}").get_data(as_text=True) for family in HOUSE_FAMILIES)
    as_written = [kind for kind in kinds if f"<b>{kind.replace('.', ' ').replace('_', ' ')}</b>" in page]
    assert not as_written
    assert "Mail sent again: ana@x.example" in page


@pytest.mark.parametrize("query", ["", "kind=touches", "kind=touches&user={support}"])
def test_pages_of_fifty(query: str, owner: Browser, cast: Cast) -> None:
    customer = add(cast)
    for number in range(130):
        verb = "logged" if number % 2 else "planned"
        record(
            f"follow_up.{verb}", by=cast.support, customer_id=customer.id, note=f"n{number}.", objective=f"n{number}."
        )
    db.session.commit()
    address, seen = "/timeline?" + query.format(support=cast.support.id), ""
    for _ in range(3):
        page = owner.get(address).get_data(as_text=True)
        seen += page
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert not address
    assert all(seen.count(f"n{number}.") == 1 for number in range(130))


def test_is_the_owners(support: Browser, stranger: Browser) -> None:
    assert support.get("/timeline").status_code == 403
    assert stranger.get("/timeline").location.startswith("/sign-in")


def test_costs_three_queries(owner: Browser, done: None, queries: QueryRecorder) -> None:
    with queries:
        owner.get("/timeline?kind=touches")
    assert len(queries) <= 3
