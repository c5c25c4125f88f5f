"""Putting a customer away and bringing it back."""

from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, again, kinds


def test_archives_and_restores(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    assert support.post(f"/customers/{customer.id}/archive").location == f"/customers/{customer.id}"
    assert again(customer).is_archived
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "This customer is archived" in page
    assert f'action="/customers/{customer.id}/restore"' in page
    assert customer.name not in support.get("/customers").get_data(as_text=True)
    assert customer.name in support.get("/customers?archived=1").get_data(as_text=True)
    assert customer.name not in support.get("/customers/search?q=sierra", fragment=True).get_data(as_text=True)
    support.post(f"/customers/{customer.id}/restore")
    assert customer.name in support.get("/customers").get_data(as_text=True)
    assert kinds(customer.id) == ["customer.created", "customer.archived", "customer.restored"]


def test_twice_is_once(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    for _ in range(2):
        assert support.post(f"/customers/{customer.id}/archive", fragment=True).status_code == 200
    assert kinds(customer.id) == ["customer.created", "customer.archived"]


def test_strangers_and_missing_customers(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = add(cast)
    for verb in ("archive", "restore"):
        assert support.post(f"/customers/99/{verb}").status_code == 404
        assert stranger.post(f"/customers/{customer.id}/{verb}").location.startswith("/sign-in")
    assert not again(customer).is_archived
