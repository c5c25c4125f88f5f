"""A real Chromium against the app on a real socket. A browser that can't be found is a failure, never a skip."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from portal import set_up
from portal.extensions import db
from portal.users.models import User
from tests.browser import CSRF_SECRET

NOT_LOOKED_AT = [
    # For every window, Chromium loads two more pages, the lists under its address bar, in a process of their own:
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # And it keeps a process ready for the next site, which never comes:
    "SpareRendererForSitePerProcess",
    # What Playwright switches off, since of several such lists Chromium obeys the last:
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
]
"""Features of Chromium that no test sees, and which took half of its time."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_LOOKED_AT)}",
]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, once per worker."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = set_up.chromium()
    assert path, "no Chromium: `make test` installs it as root; else install it or name it in PORTAL_CHROMIUM"
    browser = playwright.chromium.launch(executable_path=path, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def address(app: Flask, firm: object) -> Iterator[str]:
    """The app's address on a real socket, for as long as the test lasts."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(app: Flask, chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own: `open_page("/", user, script=False, viewport=PHONE, dark=True)`.

    When the test ends, whatever the console complained of (a refused style, a script's error) fails it.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_it(
        path: str,
        user: User | None = None,
        *,
        script: bool = True,
        viewport: dict[str, int] = LAPTOP,
        dark: bool = False,
        language: str = "en",
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            java_script_enabled=script,
            viewport=viewport,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            locale="es-MX" if language == "es" else "en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(8000)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "session", "value": _cookie(app, user), "url": address}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    # An answer of 4xx is told to the console too; it is not a fault of the page.
    faults = [text for text in complaints if "Failed to load resource" not in text]
    assert not faults, f"the console complained: {faults[:3]}"


def _cookie(app: Flask, user: User) -> str:
    """The session cookie of a browser in which the user is signed in."""
    user.sign_in("Chromium")
    db.session.commit()
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    content = {"_user_id": user.session_token, "_fresh": True, "csrf_token": CSRF_SECRET, "_permanent": True}
    return str(serializer.dumps(content))
