"""Security headers on every answer, errors too; nothing with data is stored."""

from flask import Flask
from werkzeug.exceptions import InternalServerError

from portal.errors import show_error
from portal.security import HEADERS
from tests.browser import Browser
from tests.cast import Cast
from tests.safety.house import address, rules
from tests.sample import make_sample


def test_every_answer_carries_the_headers(app: Flask, owner: Browser, stranger: Browser, cast: Cast) -> None:
    make_sample(cast)
    paths = [address(app, rule) for rule in rules(app, "GET")] + ["/no-such-page", "/static/no-such-file.css"]
    for browser in (owner, stranger):
        for path in paths:
            answer = browser.get(path)
            public = path.startswith(
                ("/s/", "/p/", "/d/", "/privacy")
            )  # their own address is a secret, so they tell still less
            expected = HEADERS | {"Referrer-Policy": "strict-origin"} if public else HEADERS
            for name, value in expected.items():
                assert answer.headers.get(name) == value, f"{path}: {name}"


def test_pages_with_data_are_not_stored(app: Flask, owner: Browser, cast: Cast) -> None:
    make_sample(cast)
    for path in ("/", "/customers", "/customers/1", "/no-such-page"):
        assert "no-store" in owner.get(path).headers["Cache-Control"], path


def test_an_error_of_ours_has_the_headers_and_a_page(app: Flask, owner: Browser) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        answer = app.process_response(app.make_response(show_error(InternalServerError())))
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "Something broke" in answer.get_data(as_text=True)


def test_scripts_and_styles_come_only_from_here(owner: Browser) -> None:
    policy = owner.get("/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "default-src 'none'" in policy


def test_a_foreign_host_is_refused(stranger: Browser) -> None:
    answer = stranger.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.data


def test_a_page_of_origin_that_cannot_be_is_refused(owner: Browser, cast: Cast) -> None:
    for name in ("Referer", "HX-Current-URL"):
        for whence in ("http://[", "http://[x]/customers", "http://a]"):
            for answer in (
                owner.get("/follow-ups/new", headers={name: whence}),
                owner.post("/customers", data={"name": "A & B"}, headers={name: whence}),
            ):
                assert answer.status_code == 400, f"{name}: {whence}"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
