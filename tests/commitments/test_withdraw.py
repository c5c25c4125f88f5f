"""It no longer needs to be done; or it was broken."""

import pytest

from portal import clock
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_customer, a_promise


def test_is_withdrawn_with_a_reason(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    path = f"/commitments/{promise.id}/withdraw"
    assert "Why is it no longer needed?" in support.get(f"{path}?place=list", fragment=True).get_data(as_text=True)
    assert support.get(path).location == f"/commitments/{promise.id}"
    for fragment in (True, False):
        assert support.post(path, data={"reason": " ", "place": "list"}, fragment=fragment).status_code == 422
    answer = support.post(path, data={"reason": "they bought it elsewhere", "place": "list"}, fragment=True)
    assert "they bought it elsewhere" in answer.get_data(as_text=True)
    db.session.refresh(promise)
    assert (promise.state, promise.reason) == ("withdrawn", "they bought it elsewhere")


def test_is_broken(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    assert support.post(f"/commitments/{promise.id}/break", data={"reason": "we forgot"}).status_code == 303
    db.session.refresh(promise)
    assert (promise.state, promise.settled_on) == ("broken", clock.today())
    assert "we forgot" in support.get(f"/commitments/{promise.id}").get_data(as_text=True)
    assert support.post(f"/commitments/{promise.id}/reopen").status_code == 303
    db.session.refresh(promise)
    assert (promise.state, promise.reason) == ("open", "")


LAST_DAYS = [
    ("keep", ("kept on", "cumplida el")),
    ("break", ("broken on", "incumplida el")),
    ("withdraw", ("withdrawn on", "retirada el")),
]


@pytest.mark.parametrize(("verb", "words"), LAST_DAYS)
def test_a_line_says_what_its_last_day_is(verb: str, words: tuple[str, str], support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    support.post(f"/commitments/{promise.id}/{verb}", data={"reason": "as agreed"})
    for language, said in zip(("en", "es"), words, strict=True):
        cast.support.locale = language
        db.session.commit()
        page = support.get(f"/commitments?state={promise.state}").get_data(as_text=True)
        assert f'{said} <time datetime="{clock.today().isoformat()}"' in page


@pytest.mark.parametrize("verb", ["keep", "break", "renegotiate", "withdraw", "reopen"])
def test_every_verb_knows_what_is_not_there(verb: str, support: Browser, cast: Cast) -> None:
    assert support.post(f"/commitments/99/{verb}").status_code == 404
