"""A client at the public page: reads its form, chooses, and sends it."""

import re
from collections.abc import Callable
from html import unescape

from werkzeug.test import TestResponse

from tests.browser import Browser


class Client:
    """One browser on one link."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path

    def get(self, more: str = "", **kwargs: object) -> TestResponse:
        return self.browser.get(self.path + more, **kwargs)

    def nonce(self, more: str = "") -> str:
        return nonce_in(self.get(more))

    def send(self, more: str = "", nonce: str | None = None, **fields: object) -> TestResponse:
        data = {"nonce": self.nonce(more) if nonce is None else nonce, **fields}
        return self.browser.post(self.path + more, csrf=False, data=data)


Opener = Callable[[], Browser]


def nonce_in(answer: TestResponse) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', answer.get_data(as_text=True))
    assert found, "the page has no form"
    return unescape(found[1])
