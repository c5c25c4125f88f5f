"""How many promises were kept, twice: as we say, and as clients say; by person, month and customer, and as a file."""

from portal import clock
from portal.commitments.rates import Rate
from portal.extensions import db
from portal.ledger import kept
from tests.browser import Browser
from tests.cast import Cast
from tests.ledger.opened import DAY, open_ledger
from tests.recorder import QueryRecorder
from tests.touches import a_promise


def settle(cast: Cast) -> int:
    """Of the support user's promises three are kept and one is broken; clients confirm one and dispute one. One of the
    sales user's is kept. The customer's id.
    """
    ledger, today = open_ledger(cast), clock.today()
    kept_ones = [ledger.sent, *(a_promise(ledger.customer, today, f"promise {n}") for n in range(2))]
    for promise in kept_ones[1:]:
        promise.keep(cast.support)
    kept_ones[0].confirm("Ana Robles")
    kept_ones[1].dispute("Ana Robles")
    kept_ones[1].keep(cast.support)
    a_promise(ledger.customer, today, "broken").break_(cast.support)
    ledger.theirs.keep(cast.support)  # of theirs nothing is counted
    sold = a_promise(ledger.customer, today, "sold", assignee=cast.sales)
    sold.keep(cast.sales)
    sold.settled_on = today - 40 * DAY
    old = a_promise(ledger.customer, today, "too long ago")
    old.keep(cast.support)
    old.settled_on = today - 400 * DAY
    db.session.commit()
    return ledger.customer.id


def test_by_person_and_month(owner: Browser, support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    settle(cast)
    with queries as seen:
        page = owner.get("/commitments/kept").get_data(as_text=True)
    assert len(seen) <= 3
    assert "3 of 4<br>" in page
    assert "75 %, probably 30 to 95 %" in page
    assert "1 of 2<br>" in page
    assert page.count('<th scope="row">') == 4  # two persons, two months
    one = owner.get(f"/commitments/kept?user={cast.sales.id}").get_data(as_text=True)
    assert one.count('<th scope="row">') == 3
    assert f"Month by month: {cast.sales.name}" in one
    for hostile in ("99", "-1", "%00", "٣", str(2**70)):
        assert owner.get(f"/commitments/kept?user={hostile}").status_code == 200
    assert support.get("/commitments/kept").status_code == 403
    assert support.get("/commitments/kept/export").status_code == 403


def test_as_a_file(owner: Browser, cast: Cast) -> None:
    id = settle(cast)
    lines = owner.get("/commitments/kept/export").get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffMonth,Assignee,")
    month = clock.today().replace(day=1).isoformat()
    assert lines[1] == f"{month},{cast.support.name},3,4,75.0,30.1,95.4,1,2,50.0,9.5,90.5"
    assert lines[2].endswith(f",{cast.sales.name},1,1,100.0,20.7,100.0,0,0,,,")
    assert len(lines) == 3
    lines = owner.get("/commitments/kept/export?by=customer").get_data(as_text=True).splitlines()
    assert lines[1:] == [f"{id},Hotel Sierra Azul,4,5,80.0,37.6,96.4,1,2,50.0,9.5,90.5"]
    answer = owner.get("/commitments/kept/export?by=customer&format=xlsx")
    assert answer.data.startswith(b"PK")


def test_both_stand_over_the_ledger_and_on_the_customers_page(
    owner: Browser, support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    id = settle(cast)
    with queries as seen:
        page = support.get("/commitments").get_data(as_text=True)
    assert len(seen) <= 3
    assert "4 of our last 5 promises kept" in page
    assert "1 of 2, as clients say it (50 %, probably 9 to 91 %)" in page
    assert "/commitments/kept" not in page
    assert "/commitments/kept" in owner.get("/commitments").get_data(as_text=True)
    assert "as they say: 1 of 2" in support.get(f"/customers/{id}").get_data(as_text=True)


def test_nothing_yet(owner: Browser) -> None:
    assert "No promise has been settled yet" in owner.get("/commitments/kept").get_data(as_text=True)
    assert owner.get("/commitments/kept/export?by=customer").status_code == 200


def test_the_interval_is_said_of_few() -> None:
    assert Rate(45, 49).interval
    assert Rate(45, 50).interval is None
    assert Rate(45, 50).bounds
    assert (Rate().share, Rate().bounds, Rate().interval) == (None, None, None)
    assert (clock.today() - kept.since()).days >= 333
