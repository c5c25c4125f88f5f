"""The digest in a user's own account: on or off."""

from flask import Blueprint, abort, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, htmx
from portal.extensions import db
from portal.links import path
from portal.users.queries import user_for_change

digests = Blueprint("digests", __name__)


@digests.post("/account/digest")
@access.staff
def switch() -> ResponseReturnValue:
    """Send me the morning digest, or send it no more. Said twice, it is said once."""
    user = user_for_change(current_user.id) or abort(404)
    wanted = request.form.get("wanted") == "on"
    user.switch_digest(on=wanted)
    db.session.commit()
    flash(_("You get the digest.") if wanted else _("You get no more digests."), "good")
    return htmx.see_other(path("users.account"))
