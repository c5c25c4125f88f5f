"""HTTP for the outbox: what could not be sent, and once more."""

from typing import Any

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, htmx, jobs
from portal.extensions import db
from portal.links import path
from portal.mail import queries, sending, wording

mail_room = Blueprint("mail", __name__)


@mail_room.record_once
def _give_words(state: Any) -> None:
    """Templates say what a mail was, and why it stayed, through `mail_wording`."""
    state.app.jinja_env.globals["mail_wording"] = wording


@mail_room.get("")
@access.owner
def index() -> ResponseReturnValue:
    """Mails that could not be sent, or that nobody wants any more, and how many are on their way."""
    settled = queries.dead_messages()[: queries.MOST_COUNTED]
    dead, unwanted = [each for each in settled if not each.is_unwanted], [each for each in settled if each.is_unwanted]
    return render_template("mail_room/index.html", dead=dead, unwanted=unwanted, waiting=queries.waiting_count())


@mail_room.post("/<int:id>/try-again")
@access.owner
def try_again(id: int) -> ResponseReturnValue:
    """Send a mail once more that had been given up."""
    message = queries.dead_message_for_change(id) or abort(404)
    message.try_again(by=current_user)
    db.session.commit()
    jobs.soon(sending.deliver)
    flash(_("The mail is on its way again."), "good")
    return htmx.see_other(path("mail.index"))
