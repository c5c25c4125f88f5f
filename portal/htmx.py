"""The two kinds of request, a page's and a fragment's, told apart in one place."""

from urllib.parse import parse_qsl, urlsplit

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse


def wants_fragment() -> bool:
    """Does htmx ask for a piece of the page? (Not when it asks for a whole one, as when going back.)"""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Request-Type") != "full"


def page_asked() -> dict[str, str]:
    """What the page asks for in its address from which htmx sends a request: whose list, which filter."""
    return dict(parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query))


def see_other(url: str) -> ResponseReturnValue:
    """After a valid write: go and look at this page. Works for both kinds of request."""
    if request.headers.get("HX-Request") == "true":
        return Response(status=200, headers={"HX-Redirect": url})
    return redirect(url, code=303)


def invalid(html: str) -> ResponseReturnValue:
    """The same form with its errors and what was typed."""
    return html, 422


def vary(response: BaseResponse) -> BaseResponse:
    """One address may answer with a page or with a fragment: caches must know."""
    response.headers.add("Vary", "HX-Request")  # cheaper than the parsed set, on every answer
    return response
