"""Response headers, and limits on what a request may carry."""

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

MOST_FIELDS = 1000
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def bound_form() -> None:
    """Refuse a form of too many fields before it is parsed (Werkzeug bounds multipart bodies only)."""
    if request.mimetype == "application/x-www-form-urlencoded" and request.method == "POST":
        body = request.get_data(cache=True, parse_form_data=False)
        if body.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge


def know_whence() -> None:
    """Refuse a request whose page of origin has an address that nothing can have, as `http://[`."""
    try:
        for name in ("Referer", "HX-Current-URL"):
            urlsplit(request.headers.get(name, ""))
    except ValueError:
        raise BadRequest from None


def set_headers(response: Response) -> Response:
    """Headers for every answer, errors too.

    Pages with data are never stored, so that Back shows nothing after sign-out.
    """
    headers = response.headers
    present = {name for name, _ in headers}
    headers.extend([header for header in HEADERS.items() if header[0] not in present])
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def init_app(app: Flask, trusted_proxies: int) -> None:
    """Set headers and limits; believe proxy headers for exactly so many hops."""
    app.before_request(bound_form)
    app.before_request(know_whence)
    app.after_request(set_headers)
    if trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted_proxies, x_proto=trusted_proxies, x_host=trusted_proxies
        )
