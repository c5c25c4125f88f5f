"""HTTP for whoever reads a digest: the link under it shows a box to tick, and the box switches the digest off.

A GET never writes, since mail programs open links. A mail program's own button sends the POST at once (RFC 8058).
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal import access, clock, public
from portal.digests import switching
from portal.extensions import csrf, db
from portal.language import speak, spoken
from portal.settings.models import Firm
from portal.settings.queries import the_firm
from portal.users.models import User
from portal.users.queries import user_by_id, user_for_change

mornings = Blueprint("mornings", __name__)
csrf.exempt(mornings)
mornings.after_request(public.keep_to_ourselves)


@mornings.get("/d/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Do you want no more digests? Or: they are switched off."""
    return _page(token, *_reader(token))


@mornings.post("/d/<token>")
def switch_off(token: str) -> ResponseReturnValue:
    """Send this user no more digests. Only with the box ticked, or at a mail program's word."""
    user, firm = _reader(token, for_change=True)
    at_once = request.form.get("List-Unsubscribe") == "One-Click"
    if not at_once and request.form.get("off") != "1":
        return _page(token, user, firm, unticked=True), 422
    user.switch_digest(on=False)
    db.session.commit()
    return ("", 200) if at_once else public.see_other(f"/d/{token}", {"lang": public.wanted_language() or ""})


def _page(token: str, user: User, firm: Firm, *, unticked: bool = False) -> str:
    return public.page("digests/off.html", firm.name, firm.accent, reader=user, token=token, unticked=unticked)


def _reader(token: str, *, for_change: bool = False) -> tuple[User, Firm]:
    """Whom the token was written for, in their language; else one and the same 404."""
    user_id, firm = switching.reader_of(token, access.secret_keys()), the_firm()
    found = (user_for_change if for_change else user_by_id)(user_id) if user_id is not None and firm else None
    user = public.known(found)
    assert firm is not None
    clock.use_zone(firm.time_zone)
    speak(public.wanted_language() or user.locale or firm.locale or spoken())
    return user, firm
