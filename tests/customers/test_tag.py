"""Grouping customers by words."""

import pytest
from sqlalchemy import select

from portal.customers.models import Tag
from portal.customers.tagging import TagTooLong, TooManyTags, names_in
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, event, kinds


def test_reads_what_was_typed() -> None:
    assert names_in(" Hotel, #VIP ,hotel;  Gran   cliente ,,") == ["Hotel", "VIP", "Gran cliente"]
    assert names_in("") == []
    with pytest.raises(TagTooLong):
        names_in("x" * 41)
    with pytest.raises(TooManyTags):
        names_in(",".join(map(str, range(21))))


def test_spellings_that_differ_by_case_or_accents_are_one_tag(support: Browser, cast: Cast) -> None:
    first, second = add(cast), add(cast, "Clínica", tags=["Región Norte"])
    answer = support.post(f"/customers/{first.id}/tags", data={"tag_names": "region norte, VIP"}, fragment=True)
    assert "Región Norte" in answer.get_data(as_text=True)
    assert sorted(db.session.scalars(select(Tag.name))) == ["Región Norte", "VIP"]
    assert event("customer.tagged").data == {"name": first.name, "added": ["Región Norte", "VIP"], "removed": []}
    assert support.post(f"/customers/{second.id}/tags", data={"tag_names": ""}).status_code == 303
    assert kinds(second.id) == ["customer.created", "customer.tagged"]


def test_known_tags_are_suggested_behind_those_that_are_there(support: Browser, cast: Cast) -> None:
    customer = add(cast, tags=["VIP"])
    add(cast, "Other", tags=["Hotel"])
    for fragment in (False, True):
        page = support.get(f"/customers/{customer.id}/tags", fragment=fragment).get_data(as_text=True)
        assert '<option value="VIP, Hotel">Hotel</option>' in page
        assert ">VIP</option>" not in page


def test_bad_input_and_missing_customers(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = add(cast)
    for fragment in (False, True):
        path = f"/customers/{customer.id}/tags"
        assert support.post(path, data={"tag_names": "y" * 41}, fragment=fragment).status_code == 422
        assert support.post(path, data={"tag_names": "a\x00"}, fragment=fragment).status_code == 422
    assert support.post("/customers/99/tags").status_code == 404
    assert stranger.post(f"/customers/{customer.id}/tags").location.startswith("/sign-in")
    assert kinds(customer.id) == ["customer.created"]
