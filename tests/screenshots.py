"""Takes the pictures of the README: `make screenshots` runs this file.

It serves the demo firm from a folder of its own, always with the same history, signs in as its support person, and
writes `docs/*.png`.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, ViewportSize, sync_playwright

from portal import set_up
from portal.demo.opening import HOST, PASSWORD
from tests.runtime.portal_process import Portal

DOCS = Path(__file__).resolve().parent.parent / "docs"
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb"]


def take_all(portal: Portal) -> None:
    """Open the pages in the order of the morning, and take their pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=set_up.chromium(), args=ARGUMENTS)
        page = browser.new_page(base_url=f"http://127.0.0.1:{portal.port}", viewport=LAPTOP, locale="en-US")
        sign_in(page)
        picture(page, "/", "today-1280")
        page.goto("/")
        page.get_by_role("main").locator('a[href^="/customers/"]').first.click()
        page.get_by_role("heading", level=1).wait_for()
        picture(page, page.url, "customer-1280")
        page.goto("/surveys")
        page.get_by_role("main").locator('a[href^="/surveys/"]').filter(has_text="After a purchase").first.click()
        picture(page, page.url, "survey-1280")
        page.set_viewport_size(PHONE)
        picture(page, "/", "today-390")
        picture(page, asked(portal), "survey-390")
        browser.close()


def asked(portal: Portal) -> str:
    """The public page of one of the firm's surveys."""
    made = portal.command("surveys", "link", "--survey", "Recommendation (NPS)", "--customer", "1", "--json")
    return str(json.loads(made.stdout)["url"])


def sign_in(page: Page) -> None:
    """As the one who answers the telephone."""
    page.goto("/sign-in")
    page.get_by_label("Email").fill(f"support@{HOST}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def picture(page: Page, address: str, name: str) -> None:
    """The first screen of a page."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=DOCS / f"{name}.png")
    sys.stdout.write(f"  docs/{name}.png\n")


def main() -> None:
    """Make the firm, serve it, take the pictures."""
    DOCS.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        portal = Portal(Path(folder))
        portal.command("db", "upgrade")
        portal.command("demo", "load", "--customers", "240", "--seed", "7", "--locale", "en")
        with portal:
            take_all(portal)


if __name__ == "__main__":
    main()
