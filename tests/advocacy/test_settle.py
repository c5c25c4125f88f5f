"""What becomes of a referral is said: contacted, closed with a reason, reopened."""

import pytest

from portal.extensions import db
from tests.advocacy.given import a_referral, kinds_of
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder


def test_contacted_in_its_line(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    referral, customer, _ = a_referral(cast)
    page = {"HX-Current-URL": "http://localhost/advocacy?state=given"}
    with queries as seen:
        line = support.post(f"/advocacy/{referral.id}/approach?place=list", fragment=True, headers=page)
    assert len(seen) <= 8  # it writes, too
    said = line.get_data(as_text=True)
    assert f'id="referral-{referral.id}"' in said
    assert "Contacted <b>1</b>" in said
    assert 'state=given" aria-current="true"' in said, "the list goes on being what it was"
    answer = support.post(f"/advocacy/{referral.id}/approach")
    assert answer.location == f"/advocacy/{referral.id}", "twice is once"
    db.session.refresh(referral)
    assert referral.state == "contacted"
    assert kinds_of(customer) == ["referral.given", "referral.contacted"]


def test_closed_with_a_reason_and_reopened(support: Browser, cast: Cast) -> None:
    referral, customer, _ = a_referral(cast)
    path = f"/advocacy/{referral.id}"
    form = support.get(f"{path}/close?place=list", fragment=True).get_data(as_text=True)
    assert "Why did it not work out?" in form
    assert support.get(f"{path}/close").location == path
    for fragment in (True, False):
        refused = support.post(f"{path}/close", data={"reason": " ", "place": "list"}, fragment=fragment)
        assert refused.status_code == 422
        assert "Say why, in a few words." in refused.get_data(as_text=True)
    assert support.post(f"{path}/close", data={"reason": "x" * 301}).status_code == 422
    data = {"reason": "moved away", "place": "list"}
    line = support.post(f"{path}/close", data=data, fragment=True).get_data(as_text=True)
    assert "“moved away”" in line
    assert "Reopen" in line
    for verb, fragment in (("approach", True), ("approach", False)):
        assert support.post(f"{path}/{verb}", fragment=fragment).status_code == 422, "it is settled"
    assert support.post(f"{path}/reopen").location == path
    assert support.post(f"{path}/reopen").status_code == 422
    db.session.refresh(referral)
    assert (referral.state, referral.reason, referral.settled_on) == ("given", "", None)
    assert kinds_of(customer) == ["referral.given", "referral.closed", "referral.reopened"]


@pytest.mark.parametrize("verb", ["approach", "close", "reopen", "win"])
def test_every_verb_knows_what_is_not_there(verb: str, support: Browser, stranger: Browser, cast: Cast) -> None:
    assert support.post(f"/advocacy/99/{verb}", data={"reason": "x"}).status_code == 404
    assert stranger.post(f"/advocacy/99/{verb}").location.startswith("/sign-in")
    assert support.get("/advocacy/99").status_code == 404
