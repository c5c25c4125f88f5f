"""The pictures of the README, taken of a demo firm that is always the same one. `make screenshots`."""

import tempfile
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

from portal import set_up
from tests.flows.conftest import LAPTOP, PHONE, QUIET
from tests.runtime.portal_process import ROOT, Portal
from tests.runtime.sign_in import cookie_for

FOLDER = ROOT / "docs"
SEED = "2031"
CUSTOMER = "main a[href^='/customers/']"


def main() -> None:
    """Load the demo, serve it, and photograph it."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder, sync_playwright() as playwright:
        portal = Portal(Path(folder))
        portal.command("db", "upgrade")
        portal.command("demo", "load", "--seed", SEED, "--locale", "en")
        portal.cookie, portal.csrf = cookie_for(portal, "support@demo.example")
        chromium = playwright.chromium.launch(executable_path=set_up.chromium(), args=QUIET)
        with portal:
            laptop = page_of(chromium, portal, LAPTOP)
            take(laptop, "/?whose=everybody", "today-1280.png")
            laptop.locator(CUSTOMER).first.click()
            laptop.wait_for_load_state("networkidle")
            laptop.screenshot(path=FOLDER / "customer-1280.png")
            take(laptop, "/customers", "customers-1280.png")
            take(page_of(chromium, portal, PHONE), "/", "today-390.png")
        chromium.close()


def page_of(chromium: Browser, portal: Portal, size: dict[str, int]) -> Page:
    """A browser of that size in which the support user is signed in."""
    context = chromium.new_context(viewport=size, locale="en-GB", color_scheme="light")  # type: ignore[arg-type]
    name, _, value = portal.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{portal.port}"}])
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{portal.port}/")
    return page


def take(page: Page, path: str, name: str) -> None:
    """One picture of what is seen without scrolling."""
    page.goto(urljoin(page.url, path))
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
