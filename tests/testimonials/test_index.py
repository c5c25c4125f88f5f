"""What may be quoted where is found by the place, copied, and exported."""

from io import BytesIO

from python_calamine import CalamineWorkbook

from portal import clock
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.testimonials.quoted import a_comment, a_testimonial


def test_is_empty_at_first(support: Browser, cast: Cast) -> None:
    assert "Nothing to quote yet" in support.get("/advocacy/testimonials").get_data(as_text=True)
    assert "No comment waits" in support.get("/advocacy/testimonials?place=waiting").get_data(as_text=True)
    assert "None." in support.get("/advocacy/testimonials?place=withdrawn").get_data(as_text=True)


def test_by_the_place(support: Browser, stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    _, customer, _ = a_testimonial(cast, places=("website", "talks"))
    for _ in range(52):
        a_testimonial(cast, text="Fine", places=("printed",), signed="")
    gone, *_ = a_testimonial(cast, text="Not any more")
    gone.withdraw(cast.support, "on the phone")
    db.session.commit()
    with queries as seen:
        page = support.get("/advocacy/testimonials").get_data(as_text=True)
    assert len(seen) <= 6
    assert page.count("data-row") == 50
    assert "On paper <b>52</b>" in page
    assert "Taken back <b>1</b>" in page
    assert "Not any more" not in page
    assert "The terrace" in support.get(page.split('rel="next" href="')[1].split('"')[0]).get_data(as_text=True)
    page = support.get("/advocacy/testimonials?place=website").get_data(as_text=True)
    assert page.count("data-row") == 1
    assert "“The terrace was ready on the day they had said”\n— Ana Robles, Hotel Sierra Azul</textarea>" in page
    assert "data-row" not in support.get("/advocacy/testimonials?place=social").get_data(as_text=True)
    page = support.get("/advocacy/testimonials?place=withdrawn").get_data(as_text=True)
    assert "withdrawn on" in page
    assert "data-copy" not in page, "what was taken back is not copied"
    assert "The terrace" in support.get(f"/customers/{customer.id}/advocacy").get_data(as_text=True)
    assert stranger.get("/advocacy/testimonials").location.startswith("/sign-in")


def test_comments_that_may_be_quoted_wait(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    a_comment(cast)
    a_comment(cast, quote="", n=2)
    with queries as seen:
        page = support.get("/advocacy/testimonials?place=waiting").get_data(as_text=True)
    assert len(seen) <= 6
    assert page.count("data-row") == 1
    assert "may be quoted by name" in page
    assert support.post("/surveys/responses/1/quote").location == "/advocacy/testimonials/1"
    assert "No comment waits" in support.get("/advocacy/testimonials?place=waiting").get_data(as_text=True)


def test_as_a_file(support: Browser, cast: Cast) -> None:
    a_testimonial(cast, places=("website", "talks"), text="=1+1")
    file = support.get("/advocacy/testimonials/export?place=website").get_data().decode("utf-8-sig").splitlines()
    assert file[0] == (
        "Words,Signed,Customer,Contact,Website,Paper,Social networks,Sales talks,Allowed on,How,Withdrawn on"
    )
    today = clock.today().isoformat()
    said = '\'=1+1,"Ana Robles, Hotel Sierra Azul",Hotel Sierra Azul,Ana Robles'
    assert file[1:] == [f"{said},yes,,,yes,{today},by e-mail to Lucía,"]
    assert len(support.get("/advocacy/testimonials/export?place=social").get_data().splitlines()) == 1
    book = support.get("/advocacy/testimonials/export?format=xlsx").get_data()
    assert CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()[1][0] == "=1+1"
