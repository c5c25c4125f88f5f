"""Pages without an account, for clients and for who reads a digest: found by the token in their address, in the
reader's language, in the firm's colour. They know no session, and no address with a token leaves them in a Referer.
"""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Response, abort, current_app, make_response, request

from portal import guessing
from portal.invitations.tokens import LENGTH, hash_of
from portal.language import LANGUAGES, speak, spoken
from portal.settings.accent import USUAL as USUAL_ACCENT
from portal.settings.models import LOCALES
from portal.settings.queries import the_firm
from portal.tries import network_of

Held = TypeVar("Held")
ROOMS = {"answers", "promises", "mornings"}
"""The blueprints of these pages."""
PATHS = ("/s/", "/p/", "/d/")
"""What their addresses begin with."""


def keep_to_ourselves(response: Response) -> Response:
    """Links that leave these pages tell the host only."""
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def held_by(find: Callable[[str], Held | None], token: str) -> Held:
    """What `find` finds by the hash of the token; else one and the same 404, and after too many of those a 429."""
    may_look = len(token) == LENGTH and guessing.may_look(network_of(request.remote_addr))
    return known(find(hash_of(token)) if may_look else None)


def known(found: Held | None) -> Held:
    """What was found by a token; else one and the same 404, and after too many of those a 429."""
    return found if found is not None else _unknown(network_of(request.remote_addr))


def _unknown(network: str) -> NoReturn:
    firm, known = the_firm(), guessing.missed(network)
    speak(request.accept_languages.best_match(LOCALES) or (firm.locale if firm else spoken()))
    name, accent = (firm.name, firm.accent) if firm else ("Portal", USUAL_ACCENT)
    response = make_response(page("responses/unknown.html", name, accent, known=known), 404 if known else 429)
    if not known:
        response.headers["Retry-After"] = str(guessing.WAIT_SECONDS)
    abort(response)


def wanted_language() -> str | None:
    """The language that the page was switched to."""
    if request.method != "POST":
        wanted = request.args.get("lang")
    else:
        wanted = request.form.get("switch") if is_switched() else request.form.get("lang")
    return wanted if wanted in LOCALES else None


def language_to_go_on(own: str) -> str:
    """The language that the next page is to be told, where it is another than the reader's own."""
    return spoken() if spoken() != own else ""


def is_switched() -> bool:
    """Was the form sent by a language's button? It is shown again with what was typed, and nothing is taken."""
    return request.method == "POST" and request.form.get("switch") in LOCALES


def page(template: str, firm_name: str, accent: str, switch: str = "", **about: Any) -> str:
    """A public page, rendered without what staff pages need. `switch` stands before the language in its switch; where
    the page says which form `holds` what is typed, the switch sends that along.
    """
    head = {"firm_name": firm_name, "accent": accent, "locale": spoken(), "languages": LANGUAGES, "switch": switch,
            "holds": ""}  # fmt: skip
    return current_app.jinja_env.get_template(template).render(head | about)


def see_other(path: str, more: dict[str, str]) -> Response:
    """Go on to this page, with those parts of its address that say something."""
    query = "&".join(f"{name}={value}" for name, value in more.items() if value)
    return Response(status=303, headers={"Location": f"{path}?{query}" if query else path})
