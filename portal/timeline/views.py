"""Who did what, and when: the owners' page over every event of the house."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal import access, htmx
from portal.links import path
from portal.texts import number_in
from portal.timeline import queries, words
from portal.timeline.kinds import HOUSE_FAMILIES
from portal.timeline.saying import Sayer
from portal.users.queries import all_users

timeline = Blueprint("timeline", __name__)


@timeline.record
def _say(state: BlueprintSetupState) -> None:
    """Templates say an event by `say_event(kind, data, who)`."""
    state.app.jinja_env.globals["say_event"] = Sayer(state.app.jinja_env).say


for _filter in words.FILTERS:
    timeline.add_app_template_filter(_filter)


@timeline.get("")
@access.owner
def index() -> ResponseReturnValue:
    """Read who did what, by user and by kind."""
    user_id, kind = number_in(request.args.get("user", "")), request.args.get("kind", "")
    kind = kind if kind in HOUSE_FAMILIES else ""
    wanted = urlencode({name: value for name, value in (("user", user_id), ("kind", kind)) if value})
    address = path("timeline.index") + (f"?{wanted}" if wanted else "")
    page = queries.trail(user_id, kind, request.args.get("after"))
    about = {"page": page, "users": all_users(), "user_id": user_id, "kind": kind, "address": address}
    if htmx.wants_fragment():
        return render_template("timeline/_trail.html", **about), {"HX-Push-Url": address}
    return render_template("timeline/index.html", **about)
