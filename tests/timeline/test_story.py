"""What happened with a customer, on its page."""

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.timeline.kinds import HOUSE_FAMILIES
from portal.timeline.models import record
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import HOSTILE, add

DATA: dict[str, Any] = {
    "name": "Ana", "text": "Send the invoice", "side": "ours", "due_on": "2026-11-09", "was_due_on": "2026-11-01",
    "reason": "The truck broke", "contact": "Jorge", "channel": "call", "outcome": "reached", "purpose": "care",
    "note": "Wants two chairs", "objective": "See the terrace", "next_on": "2026-11-20", "amount_minor": 4130000,
    "currency": "MXN", "number": "10482", "description": "24 chairs", "added": ["VIP"], "removed": ["old"],
    "to": "Iván",
    "changes": {"city": ["", "Monterrey"], "unknown_field": [1, None]}, "title": "kitchen", "file_name": "ventas.csv",
    "purchases": 3, "customers": 1, "refused": 2, "role": "support", "was": "sales",
    "kind": "nps", "score": 3, "comment": "Two legs wobble", "source": "staff",
    "before": {"amount_minor": 1, "currency": "MXN", "on": "2026-11-01"},
}  # fmt: skip
KINDS = sorted(
    {kind for kinds in HOUSE_FAMILIES.values() for kind in kinds}
    | {"survey.odd", "response.odd", "referral.odd", "odd", "odd.odd", "customer.odd"}
)


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("data", [DATA, {}], ids=["full", "empty"])
def test_every_kind_is_a_sentence(locale: str, data: dict[str, Any], owner: Browser, cast: Cast) -> None:
    customer = add(cast)
    cast.owner.locale = locale
    for kind in KINDS:
        record(kind, by=cast.sales, customer_id=customer.id, **data)
        record(kind, by=None, customer_id=customer.id, **data)
    db.session.commit()
    address, seen = f"/customers/{customer.id}", 0
    while address:
        page = owner.get(address).get_data(as_text=True)
        seen += page.count('<li id="event-')
        address = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next" href="' in page else ""
    assert seen == 2 * len(KINDS) + 1
    assert owner.get("/timeline").status_code == 200


def test_says_what_matters(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    for kind in ("follow_up.logged", "commitment.kept", "purchase.recorded", "response.received", "odd.odd"):
        record(kind, by=cast.sales, customer_id=customer.id, **DATA)
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    for said in (
        "<b>Call, reached</b> — ", "Wants two chairs", "<b>Promise kept</b> — Send the invoice", "with Jorge",
        "<b>Bought for MXN 41,300</b> — 24 chairs", "number 10482", "<b>odd odd</b> — Ana",
        "<b>Answered 3 of 10</b>", ">unhappy<", "“Two legs wobble”", "on the phone, written down by Saúl Sales",
    ):  # fmt: skip
        assert said in page, said


def test_numbers_and_languages_are_written_as_elsewhere(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    told = {"phone": [None, "+528183401122"], "locale": ["es", "en"]}
    record("contact.changed", by=cast.sales, customer_id=customer.id, name="Ana", changes=told)
    record("customer.merged", by=cast.sales, customer_id=customer.id, name="Azul", left={"phone": "+528112345678"})
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").text
    assert "<ins>+52 81 8340 1122</ins>" in page
    assert "<del>Español</del> → <ins>English</ins>" in page
    assert "until then: +52 81 1234 5678" in page


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("touches", "Call, reached"),
        ("promises", "Promise kept"),
        ("purchases", "Bought for"),
        ("answers", "Answered 3 of 10"),
        ("changes", "Became known"),
    ],
)
def test_narrowed_to_a_kind(kind: str, shown: str, support: Browser, cast: Cast) -> None:
    customer = add(cast)
    for each in ("follow_up.logged", "commitment.kept", "purchase.recorded", "response.received"):
        record(each, by=cast.sales, customer_id=customer.id, **DATA)
    db.session.commit()
    for fragment in (False, True):
        page = support.get(f"/customers/{customer.id}?kind={kind}", fragment=fragment).get_data(as_text=True)
        assert page.count('<li id="event-') == 1
        assert shown in page
    assert support.get(f"/customers/{customer.id}?kind=rubbish").get_data(as_text=True).count('<li id="event-') == 5


def test_earlier_events_follow_and_days_rule(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    for number in range(60):
        on = clock.today() - timedelta(days=number % 7)
        record(
            "follow_up.logged", by=cast.sales, customer_id=customer.id, on=on, note=f"note-{number}.", channel="call"
        )
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    seen = page
    while 'rel="next" href="' in page:
        address = page.split('rel="next" href="')[1].split('"')[0]
        whole = support.get(address).get_data(as_text=True)
        page = support.get(address, fragment=True).get_data(as_text=True)
        assert page.lstrip().startswith("<div>")
        assert "Newest first" in whole
        seen += page
    assert all(seen.count(f"note-{number}.") == 1 for number in range(60))
    assert seen.index("note-0.") < seen.index("note-1.") < seen.index("note-6.")


def test_what_somebody_wrote_stays_letters(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    hostile: dict[str, Any] = {key: HOSTILE if isinstance(value, str) else value for key, value in DATA.items()}
    hostile |= {"added": [HOSTILE], "changes": {HOSTILE: [HOSTILE, HOSTILE]}, "currency": "MXN"}
    for kind in KINDS:
        record(kind, by=cast.sales, customer_id=customer.id, **hostile)
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    for live in ("<script>alert", "<b hx-get", "<iframe", ">49<"):
        assert live not in page


def test_other_customers_events_are_not_shown(support: Browser, cast: Cast) -> None:
    first, second = add(cast), add(cast, "Other")
    record("follow_up.logged", by=cast.sales, customer_id=first.id, note="only here", channel="call")
    db.session.commit()
    assert "only here" not in support.get(f"/customers/{second.id}").get_data(as_text=True)
